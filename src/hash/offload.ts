// Where a hash is computed: here when it is short, in worker threads when long ones come again and again.
import { setImmediate as eventLoopTurn } from 'node:timers/promises'
import type { HashFormat } from './format.ts'
import type { ThreadPool } from './thread-pool.ts'

/** One hash to compute, as it crosses to the thread. */
export interface HashJob {
  readonly format: string
  readonly password: string
  readonly setting: string
}

type Hash = ReturnType<HashFormat['compute']>
type HashPool = ThreadPool<HashJob, Awaited<Hash>>

/** A longer hash would be felt by everything else on the event loop. */
const LONG_MILLISECONDS = 20

let pool: Promise<HashPool | undefined> | undefined

/** None inside a thread of the program's own: there a hash holds nobody up. */
async function createPool(): Promise<HashPool | undefined> {
  // loaded when they are needed, for they take their time
  const { isMainThread } = await import('node:worker_threads')
  if (!isMainThread) return undefined
  const { startWorker, ThreadPool } = await import('./thread-pool.ts')
  return new ThreadPool(() => startWorker('hash-worker'))
}

function usePool(): Promise<HashPool | undefined> {
  pool ??= createPool()
  return pool
}

let stage: 'no long hash yet' | 'one' | 'thread starting' | 'thread started' = 'no long hash yet'
let isBusyHere = false

/**
 * A program that hashes once must not pay for starting threads, so its first long hash runs here if the engine gives
 * the event loop its turns. The second one says that this program does it often; until a thread has started, one hash
 * at a time still runs here, for waiting would take longer.
 */
export function compute(format: HashFormat, password: string, setting: string): Hash {
  if (format.milliseconds(setting, password.length) <= LONG_MILLISECONDS)
    return format.compute(password, setting)
  const isHere = format.yields && !isBusyHere && stage !== 'thread started'
  return isHere ? computeHere(format, password, setting) : computeInThread(format, password, setting)
}

async function computeHere(format: HashFormat, password: string, setting: string): Promise<Awaited<Hash>> {
  isBusyHere = true
  try {
    if (stage === 'no long hash yet') stage = 'one'
    else await letThreadStart(format)
    return await format.compute(password, setting)
  } finally {
    isBusyHere = false
  }
}

async function letThreadStart({ id, parameter, setting }: HashFormat): Promise<void> {
  const hashPool = await usePool()
  if (stage === 'one') {
    stage = 'thread starting'
    // the shortest hash of the format loads its engine there
    const shortest = { format: id, password: '', setting: setting(parameter?.min) }
    const done = () => {
      stage = 'thread started'
    }
    hashPool?.run(shortest, async () => undefined).then(done, done)
  }
  // a thread's messages come in with a turn
  await eventLoopTurn()
}

/** Below this, the way to a thread and back takes a good part of what it saves. */
const WORTH_A_THREAD_MILLISECONDS = 1

/** For one of a great many hashes that are wanted at the same time, so that all cores are at it from the start. */
export function computeOneOfMany(format: HashFormat, password: string, setting: string): Hash {
  const isShort = format.milliseconds(setting, password.length) < WORTH_A_THREAD_MILLISECONDS
  return isShort ? format.compute(password, setting) : computeInThread(format, password, setting)
}

async function computeInThread(
  format: HashFormat,
  password: string,
  setting: string,
): Promise<Awaited<Hash>> {
  const here = async () => format.compute(password, setting)
  const hashPool = await usePool()
  return hashPool === undefined ? here() : hashPool.run({ format: format.id, password, setting }, here)
}
