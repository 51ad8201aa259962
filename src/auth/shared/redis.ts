// Puts the parts together: throttle and ended sessions over one connection to Redis. Loaded only with --redis-url.
import type { EndedList, EndedSessions } from '../sessions/ended-sessions.ts'
import type { AttemptLimiter, Throttle } from '../throttle.ts'
import { Namespace } from './namespace.ts'
import type { RedisAddress } from './redis-address.ts'
import { createOpenClient, loadRedisClient } from './redis-client.ts'
import { type OpenClient, RedisConnection, type Timers } from './redis-connection.ts'
import { RedisStore } from './redis-store.ts'
import { SharedEndedSessions } from './shared-ended-sessions.ts'
import { SharedThrottle, type SharedThrottleOptions } from './shared-throttle.ts'

export interface RedisOptions {
  readonly address: RedisAddress
  /** What keys begin with. */
  readonly prefix: string
  /** As those of the session cookies. */
  readonly secrets: readonly string[]
  readonly throttle: SharedThrottleOptions & { readonly local: Throttle }
  /** The list of this replica; undefined without sessions. */
  readonly ended: (EndedSessions & Pick<EndedList, 'entries'>) | undefined
  /** How long a session can last. */
  readonly maxMilliseconds: number
  /** @param isFirst whether it is the start, and no attempt had failed. */
  readonly onUp: (isFirst: boolean) => void
  readonly onDown: (error: Error) => void
  /** Replaced by tests. */
  readonly open?: OpenClient
  readonly timers?: Timers
}

export interface RedisState {
  readonly limiter: AttemptLimiter
  readonly ended: SharedEndedSessions | undefined
  readonly isUp: () => boolean
  /** How often the connection was lost, or could not be made. */
  readonly errors: () => number
  close(): void
}

/**
 * Resolves once the first attempt to connect has succeeded or failed.
 *
 * @throws HtpasswdError `ERR_OPTION` if the client library is not installed.
 */
export async function connectRedis(options: RedisOptions): Promise<RedisState> {
  const { address, prefix, secrets, throttle, maxMilliseconds } = options
  const open = options.open ?? createOpenClient(await loadRedisClient(), address)
  let isFirst = true
  const connection: RedisConnection = new RedisConnection({
    open,
    prepare: async () => {
      await store.probe()
      await ended?.exchange('all')
    },
    poll: async () => (ended === undefined ? connection.send(['PING']) : ended.exchange('new')),
    onUp: () => {
      options.onUp(isFirst)
      isFirst = false
    },
    onDown: error => {
      isFirst = false
      options.onDown(error)
    },
    ...(options.timers && { timers: options.timers }),
  })
  const namespaces = secrets.map(secret => new Namespace(secret, prefix))
  const store: RedisStore = new RedisStore(connection.send, namespaces, maxMilliseconds)
  const ended: SharedEndedSessions | undefined =
    options.ended && new SharedEndedSessions(options.ended, store, Date.now)
  await connection.start()
  return {
    limiter: new SharedThrottle(throttle.local, store, throttle),
    ended,
    isUp: () => connection.isUp,
    errors: () => connection.errors,
    close: () => connection.close(),
  }
}

/**
 * Connects and logs in, once.
 *
 * @returns why that failed; undefined if it did not.
 * @throws HtpasswdError `ERR_OPTION` if the client library is not installed.
 */
export async function tryRedis(address: RedisAddress): Promise<string | undefined> {
  const open = createOpenClient(await loadRedisClient(), address)
  let reason: string | undefined
  const connection: RedisConnection = new RedisConnection({
    open,
    prepare: () => connection.send(['PING']),
    poll: async () => {},
    onUp: () => {},
    onDown: ({ message }) => {
      reason = message
    },
  })
  await connection.start()
  connection.close()
  return reason
}
