// Options of `htpasswd serve` under "Several replicas": what they share.
import { parseRedisUrl } from '../../../../auth/shared/redis-address.ts'
import { text } from '../../../options/table.ts'
import type { ServeOptionTable } from './row.ts'

const group = 'Several replicas:'

export const severalReplicas = {
  'redis-url': {
    group,
    argument: 'URL',
    describe:
      'share failed logins and sign-outs with other replicas by Redis or Valkey, such as redis://HOST:6379 or rediss://HOST; with the same --session-secret-file',
    read: parseRedisUrl,
  },
  'redis-url-file': {
    group,
    argument: 'FILE',
    describe: 'read the URL from the first line of this file, since it can have a password',
    read: text,
  },
  'redis-prefix': {
    group,
    argument: 'TEXT',
    describe: 'what the keys in Redis begin with',
    default: 'htpasswd:',
    read: readPrefix,
  },
  'redis-required': {
    group,
    describe:
      'wait for Redis at the start, and while it is away refuse logins and report not ready; by default the guard then counts by itself',
  },
} as const satisfies ServeOptionTable

function readPrefix(value: string): string {
  if (/^[!-~]{1,64}$/.test(value)) return value
  throw new Error(`expected 1 to 64 visible ASCII characters, got "${value}"`)
}
