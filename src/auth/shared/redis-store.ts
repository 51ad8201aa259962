// The shared store in Redis or Valkey: four commands on counters and one sorted set.
import type { EndedSession } from '../sessions/ended-sessions.ts'
import type { Bucket, Buckets } from '../throttle.ts'
import type { Namespace } from './namespace.ts'
import type { Full, Reservation, SharedStore } from './store.ts'

/** Sends one command; `limit` is how long it may take, in milliseconds. */
export type SendCommand = (command: readonly string[], limit?: number) => Promise<unknown>

/**
 * The throttle's decision (throttle.ts) in one step, by the clock of Redis. A bucket is the time at which its failures are
 * forgotten, and its key expires then. It is limited to that of a full bucket, in case somebody else wrote it or the
 * clock was set back. Returns 0 and what was added to each bucket, or the number of the full bucket and the time to wait.
 */
const RESERVE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local name, size, forgive, debt = tonumber(ARGV[1]), {}, {}, {}
for i, key in ipairs(KEYS) do
  size[i], forgive[i] = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  local stored = tonumber(redis.call('GET', key) or '0') or 0
  debt[i] = math.min(size[i] * forgive[i], math.max(0, stored - now))
end
local function full(i) return math.ceil(debt[i] / forgive[i]) >= size[i] end
local blocking = 0
for i = name - 1, 1, -1 do if full(i) then blocking = i end end
if blocking == 0 and full(name) and (#KEYS == name or full(name + 1)) then blocking = name end
if blocking > 0 then return {blocking, debt[blocking] - (size[blocking] - 1) * forgive[blocking]} end
local reply = {0}
for i, key in ipairs(KEYS) do
  local after = math.min(debt[i] + forgive[i], size[i] * forgive[i])
  reply[i + 1] = after - debt[i]
  redis.call('SET', key, string.format('%.0f', now + after), 'PX', string.format('%.0f', after))
end
return reply`

/** Subtracts time from each bucket. */
const RELEASE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for i, key in ipairs(KEYS) do
  local debt = (tonumber(redis.call('GET', key) or '0') or 0) - ARGV[i] - now
  if debt > 0 then redis.call('SET', key, string.format('%.0f', now + debt), 'PX', string.format('%.0f', debt))
  else redis.call('DEL', key) end
end
return 0`

/**
 * Adds members to the sorted set. The score is the time of the addition and never decreases, even if a server with
 * another clock takes over: replicas ask for what was added after the last member that they know.
 */
const ADD = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
local score = string.format('%.0f', math.max(now, tonumber(last or '0')))
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('(%.0f', now - ARGV[1]))
for i = 2, #ARGV do redis.call('ZADD', KEYS[1], 'NX', score, ARGV[i]) end
return 0`

/** Whether the server allows what the scripts need; a replica, a full server and a restricted user do not. */
const PROBE = `redis.call('SET', KEYS[1], '1', 'PX', '1000') return redis.call('DEL', KEYS[1])`

/** Sessions per command: far below Lua's limit of arguments. */
const BATCH = 500
/** Reading or sending the whole list takes longer than counting. */
const LIST_LIMIT_MS = 2000
/** Members added within this time before the last known one are read again: an addition may have been on its way. */
const OVERLAP_MS = 10_000
const CLOCK_TOLERANCE_MS = 120_000

const script = (text: string, keys: readonly string[], args: readonly (string | number)[]): string[] => [
  ...['EVAL', text, String(keys.length), ...keys],
  ...args.map(String),
]

export class RedisStore implements SharedStore {
  readonly #send: SendCommand
  readonly #namespaces: readonly Namespace[]
  readonly #keep: number
  readonly #cursors = new Map<Namespace, number>()

  /**
   * @param namespaces one for each secret: a replica that knows a new secret as well as the old one shares with those that
   *   know only one of the two. Failures are counted in the last one, that of the oldest secret.
   * @param maxMilliseconds how long a session can last.
   */
  constructor(send: SendCommand, namespaces: readonly Namespace[], maxMilliseconds: number) {
    this.#send = send
    this.#namespaces = namespaces
    this.#keep = maxMilliseconds + CLOCK_TOLERANCE_MS
  }

  /** Resolves if this server does what is needed. */
  async probe(): Promise<void> {
    await this.#send(script(PROBE, [this.#counters.keyOf('probe')], []), LIST_LIMIT_MS)
  }

  async reserve({ buckets, name, newcomer }: Buckets): Promise<Reservation | Full> {
    const all = [...buckets, name, ...(newcomer === undefined ? [] : [newcomer])]
    const keys = all.map(({ key }) => this.#counters.keyOf(key))
    const limits = all.flatMap(({ size, forgive }) => [size, forgive])
    const reply = await this.#send(script(RESERVE, keys, [buckets.length + 1, ...limits]))
    const [blocking = 0, ...numbers] = (reply as (number | string)[]).map(Number)
    if (blocking === 0) return { keys, added: numbers }
    return { bucket: (all[blocking - 1] as Bucket).key, wait: numbers[0] as number }
  }

  async release({ keys, added }: Reservation): Promise<void> {
    await this.#send(script(RELEASE, keys, added))
  }

  async addEnded(sessions: readonly EndedSession[]): Promise<void> {
    const limit = sessions.length === 1 ? undefined : LIST_LIMIT_MS
    for (const namespace of this.#namespaces) {
      const members = sessions.map(session => namespace.write(session))
      for (let at = 0; at < members.length; at += BATCH) {
        const args = [this.#keep, ...members.slice(at, at + BATCH)]
        await this.#send(script(ADD, [namespace.keyOf('ended')], args), limit)
      }
    }
  }

  async readEnded(which: 'all' | 'new'): Promise<readonly EndedSession[]> {
    if (which === 'all') this.#cursors.clear()
    const found = []
    for (const namespace of this.#namespaces) {
      const cursor = this.#cursors.get(namespace)
      const from = cursor === undefined ? '-inf' : String(cursor - OVERLAP_MS)
      const command = ['ZRANGEBYSCORE', namespace.keyOf('ended'), from, '+inf', 'WITHSCORES']
      const reply = (await this.#send(command, LIST_LIMIT_MS)) as string[]
      for (let at = 0; at < reply.length; at += 2) {
        this.#cursors.set(namespace, Math.max(this.#cursors.get(namespace) ?? 0, Number(reply[at + 1])))
        found.push(namespace.read(reply[at] as string))
      }
    }
    return found.filter(session => session !== undefined)
  }

  get #counters(): Namespace {
    return this.#namespaces.at(-1) as Namespace
  }
}
