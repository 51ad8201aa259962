// Options of `htpasswd serve` under "What to guard": which app is guarded, and the first user.
import { parseUpstreamUrl } from '../../../../http/client/upstream-url.ts'
import { passwordOptions } from '../../../password/options.ts'
import type { ServeOptionTable } from './row.ts'

const group = 'What to guard:'

export const whatToGuard = {
  upstream: {
    group,
    argument: 'URL',
    describe: 'the app to guard, such as http://127.0.0.1:5000',
    read: (value: string): URL => parseUpstreamUrl(value),
  },
  demo: { group, describe: 'guard a small built-in page' },
  init: {
    group,
    describe:
      'if FILE is missing, create it with the user "admin"; --generate and --password-file say which password',
  },
  ...passwordOptions,
} as const satisfies ServeOptionTable
