// --redis-url: connects this run with the other replicas.
import { readFileSync } from 'node:fs'
import type { RedisOptions } from '../../../../auth/shared/redis.ts'
import type { RedisAddress } from '../../../../auth/shared/redis-address.ts'
import type { SharedEndedSessions } from '../../../../auth/shared/shared-ended-sessions.ts'
import { type AttemptLimiter, Throttle } from '../../../../auth/throttle.ts'
import { HtpasswdError } from '../../../../errors.ts'
import { readError } from '../../../../store/file-error.ts'
import { usageError } from '../../../options/usage-error.ts'
import { readSecrets } from '../login/session-secret.ts'
import type { Notify } from '../notices.ts'
import type { ServeValues } from '../options.ts'

/** The state that a run shares with the other replicas. */
export interface Replicas {
  readonly limiter: AttemptLimiter
  /** The list of ended sessions, in place of the run's own; undefined without a sign-in page. */
  readonly ended: SharedEndedSessions | undefined
  /** Whether the store responds. */
  readonly isUp: () => boolean
  /** How often the connection to the store was lost, or could not be made. */
  readonly errors: () => number
  /** Resolves once the guard may serve: at once, but with --redis-required only when the store responds, or after `close`. */
  readonly available: Promise<void>
  /**
   * With --redis-required: calls back, now and at each change, with the reason why the guard is not ready; undefined
   * when it is.
   */
  watch(listener: (obstacle: string | undefined) => void): void
  close(): void
}

/** @throws HtpasswdError `ERR_USAGE` for options that do not go together. */
export function checkReplicaOptions(values: ServeValues): void {
  const { 'redis-url': url, 'redis-url-file': file, 'redis-required': required } = values
  if (url !== undefined && file !== undefined)
    throw usageError('--redis-url and --redis-url-file name the same thing; give one of the two')
  if (url === undefined && file === undefined) {
    if (required) throw usageError('--redis-required needs --redis-url or --redis-url-file')
  } else if (values['session-secret-file'] === undefined) {
    const given = url === undefined ? '--redis-url-file' : '--redis-url'
    throw usageError(
      `${given} needs --session-secret-file with the same secret in all replicas, from which the keys in Redis are derived`,
    )
  }
}

async function addressOf(values: ServeValues): Promise<RedisAddress | undefined> {
  const { 'redis-url': url, 'redis-url-file': path } = values
  if (path === undefined) return url
  const { parseRedisUrl } = await import('../../../../auth/shared/redis-address.ts')
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw readError(error, path)
  }
  try {
    return parseRedisUrl((text.split(/\r?\n/, 1)[0] as string).trim())
  } catch (error) {
    throw new HtpasswdError('ERR_RECORD', `${path}: ${(error as Error).message}`, { cause: error })
  }
}

/**
 * Resolves once the first attempt to connect has succeeded or failed, so that a replica that starts knows who signed out
 * elsewhere.
 *
 * @param sessions those of this run; undefined without a sign-in page.
 * @returns undefined without --redis-url: nothing of Redis is loaded then.
 * @throws HtpasswdError `ERR_OPTION` if the client library is not installed.
 */
export async function openReplicas(
  values: ServeValues,
  sessions: Pick<RedisOptions, 'secrets' | 'ended'> | undefined,
  notify: Notify,
): Promise<Replicas | undefined> {
  const address = await addressOf(values)
  if (address === undefined) return undefined
  const { connectRedis } = await loadRedis()
  const { 'max-failures': maxFailures, 'redis-required': isRequired } = values
  const clock = (): number => performance.now()
  let onAvailable = (): void => {}
  const available = new Promise<void>(resolve => {
    onAvailable = resolve
  })
  let onChange = (): void => {}
  const shared = await connectRedis({
    address,
    prefix: values['redis-prefix'],
    secrets: sessions?.secrets ?? readSecrets(values['session-secret-file'] as string),
    throttle: { local: new Throttle({ maxFailures, now: clock }), maxFailures, now: clock, isRequired },
    ended: sessions?.ended,
    maxMilliseconds: values['session-max'],
    onUp: isFirst => {
      onAvailable()
      onChange()
      if (!isFirst) notify(`Redis at ${address.name} responds again: failed logins and sign-outs are shared`)
    },
    onDown: ({ message }) => {
      onChange()
      notify(
        `warning: Redis at ${address.name} cannot be used (${message}): ${
          isRequired
            ? 'no passwords are verified'
            : 'failed logins are counted in this replica only, and sign-outs reach the others later'
        }`,
      )
    },
  })
  if (!isRequired) onAvailable()
  else if (!shared.isUp()) notify(`Waiting for Redis at ${address.name} …`)
  return {
    ...shared,
    available,
    watch: listener => {
      if (!isRequired) return
      onChange = () => listener(shared.isUp() ? undefined : 'Redis does not respond.')
      onChange()
    },
    close: () => {
      shared.close()
      onAvailable()
    },
  }
}

const loadRedis = () => import('../../../../auth/shared/redis.ts')

/** For `--check`: whether the server responds; undefined without --redis-url. Nothing is shared with it. */
export async function describeReplicas(values: ServeValues): Promise<string | undefined> {
  const address = await addressOf(values)
  if (address === undefined) return undefined
  const { tryRedis } = await loadRedis()
  const reason = await tryRedis(address)
  return `Redis at ${address.name} ${reason === undefined ? 'responds' : `cannot be used (${reason})`}`
}
