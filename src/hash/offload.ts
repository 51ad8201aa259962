// Where a hash is computed: here when it is short, in worker threads when long ones come again and again.
import type { Tinypool } from 'tinypool'
import type { HashFormat } from './format.ts'

/** One hash to compute, as it crosses to the thread. */
export interface HashJob {
  readonly format: string
  readonly password: string
  readonly setting: string
}

/** A longer hash would be felt by everything else on the event loop. */
const LONG_MILLISECONDS = 20

let longHashes = 0
let pool: Promise<Tinypool> | undefined

function startPool(): Promise<Tinypool> {
  pool ??= Promise.all([import('tinypool'), import('node:module')]).then(
    ([{ Tinypool }, { createRequire }]) => {
      // by its name in package.json "imports", so that it is the built file in tests of the sources too
      const filename = createRequire(import.meta.url).resolve('#hash-worker')
      // idle threads end by themselves; they never keep a finished program alive
      // without the program's own options, some of which (--input-type) a thread refuses
      return new Tinypool({ filename, minThreads: 0, idleTimeout: 10_000, execArgv: [] })
    },
  )
  return pool
}

// loaded when it is needed, for node:worker_threads takes its time to load
const isMainThread = async (): Promise<boolean> => (await import('node:worker_threads')).isMainThread

/**
 * A program that hashes once must not pay for starting threads, so its first long hash runs here if the engine gives
 * the event loop its turns. The second one says that this program does it often.
 */
export function compute(
  format: HashFormat,
  password: string,
  setting: string,
): ReturnType<HashFormat['compute']> {
  const isLong = format.milliseconds(setting, password.length) > LONG_MILLISECONDS
  const isHere = !isLong || (longHashes++ === 0 && format.yields)
  return isHere ? format.compute(password, setting) : computeInThread(format, password, setting)
}

/** Handing a job to a thread and its hash back takes a tenth of this. */
const WORTH_A_THREAD_MILLISECONDS = 1

/** For one of a great many hashes that are wanted at the same time, so that all cores are at it from the start. */
export function computeOneOfMany(
  format: HashFormat,
  password: string,
  setting: string,
): ReturnType<HashFormat['compute']> {
  const isShort = format.milliseconds(setting, password.length) < WORTH_A_THREAD_MILLISECONDS
  return isShort ? format.compute(password, setting) : computeInThread(format, password, setting)
}

async function computeInThread(
  format: HashFormat,
  password: string,
  setting: string,
): Promise<string | undefined> {
  if (!(await isMainThread())) return format.compute(password, setting)
  const job: HashJob = { format: format.id, password, setting }
  return (await startPool()).run(job)
}
