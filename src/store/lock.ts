// One writer at a time: a lock file beside the password file that a dead writer's successor can take over.
// By hand, because proper-lockfile tells a dead holder only by age (2 s at least) and so makes the next run wait.
import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readFileSync, statSync, unlinkSync, utimesSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { HtpasswdError } from '../errors.ts'
import { fileError, isHeldOpen, isMissing } from './file-error.ts'

/** How long a writer waits for others, in milliseconds, unless told otherwise. */
export const DEFAULT_LOCK_TIMEOUT = 30_000
/** The holder touches its lock this often; another machine's holder is dead when ten of these went by without. */
const HEARTBEAT = 1_000
const DEAD_AFTER_HEARTBEATS = 10
/** A lock file without text is one whose writer died between creating and writing it; that takes microseconds. */
const EMPTY_IS_DEAD_AFTER = 500

interface Holder {
  readonly pid: number
  readonly host: string
  /** When the process started, in seconds: tells a restarted container's process 1 from its dead namesake. */
  readonly started: number
  readonly id: string
}

/** A lock that is held. */
export interface Lock {
  /** False when another writer took it for dead, as after a long suspend: then nothing may be written any more. */
  isHeld(): boolean
  release(): void
}

// once, or a clock that is set later would make this process look like another
const startedAt = Math.round(Date.now() / 1000 - process.uptime())

/**
 * Takes the lock of `path`, waiting at most `timeout` milliseconds.
 *
 * @throws HtpasswdError `ERR_LOCK_TIMEOUT`, naming the holder; `ERR_FILE_ACCESS` where the folder cannot be written.
 */
export async function acquireLock(path: string, timeout: number): Promise<Lock> {
  const lockPath = `${path}.htpasswd-lock`
  const me: Holder = { pid: process.pid, host: hostname(), started: startedAt, id: randomUUID() }
  const text = JSON.stringify(me)
  const deadline = performance.now() + timeout
  const watched = new StillnessWatch()
  while (!create(lockPath, text)) {
    const found = read(lockPath)
    if (found === undefined) continue
    if (isDead(found, me) || watched.isStill(found)) {
      takeOver(lockPath, found)
      continue
    }
    if (performance.now() >= deadline) throw timeoutError(path, lockPath, timeout, found.holder)
    // at random, or writers that collided once would collide again
    await delay(5 + Math.random() * 20)
  }
  const heartbeat = setInterval(() => touch(lockPath), HEARTBEAT)
  heartbeat.unref()
  const isHeld = (): boolean => read(lockPath)?.text === text
  const release = (): void => {
    clearInterval(heartbeat)
    if (isHeld()) remove(lockPath)
  }
  return { isHeld, release }
}

function create(lockPath: string, text: string): boolean {
  try {
    const fd = openSync(lockPath, 'wx', 0o644)
    try {
      writeSync(fd, text)
    } catch (error) {
      remove(lockPath)
      throw error
    } finally {
      closeSync(fd)
    }
    return true
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    // on Windows a file that is being deleted answers EPERM until it is gone
    if (
      code === 'EEXIST' ||
      (process.platform === 'win32' && isHeldOpen(error) && read(lockPath) !== undefined)
    )
      return false
    throw fileError(error, 'cannot lock', lockPath)
  }
}

interface Found {
  readonly text: string
  readonly holder: Holder | undefined
  readonly modified: number
}

function read(lockPath: string): Found | undefined {
  try {
    const text = readFileSync(lockPath, 'utf8')
    return { text, holder: parseHolder(text), modified: statSync(lockPath).mtimeMs }
  } catch (error) {
    if (isMissing(error)) return undefined
    if (isHeldOpen(error)) return { text: '', holder: undefined, modified: Date.now() }
    throw fileError(error, 'cannot read the lock', lockPath)
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Partial<Holder> | null
    const isHolder = Number.isInteger(holder?.pid) && typeof holder?.host === 'string'
    return isHolder ? (holder as Holder) : undefined
  } catch {
    return undefined
  }
}

function isDead({ holder, modified }: Found, me: Holder): boolean {
  if (holder === undefined) return Date.now() - modified > EMPTY_IS_DEAD_AFTER
  if (holder.host !== me.host) return false
  if (holder.pid === me.pid) return Math.abs(holder.started - me.started) > 2
  try {
    process.kill(holder.pid, 0)
    return false
  } catch (error) {
    // EPERM: somebody else's process, alive
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

/** Sees whether a holder that cannot be asked (another machine, a reused process number) still touches its lock. */
class StillnessWatch {
  #modified = 0
  #since = 0

  isStill({ modified }: Found): boolean {
    if (modified !== this.#modified) {
      this.#modified = modified
      this.#since = performance.now()
    }
    return performance.now() - this.#since > HEARTBEAT * DEAD_AFTER_HEARTBEATS
  }
}

/**
 * Removes a dead lock. Only who holds the second lock may do it, and only after another look: else two successors
 * could each remove a lock, the second one the first one's new lock.
 */
function takeOver(lockPath: string, dead: Found): void {
  const breakPath = `${lockPath}-break`
  try {
    closeSync(openSync(breakPath, 'wx'))
  } catch {
    const other = read(breakPath)
    if (other !== undefined && Date.now() - other.modified > EMPTY_IS_DEAD_AFTER) remove(breakPath)
    return
  }
  try {
    const now = read(lockPath)
    // by its time too: a live lock is empty for a moment, as a dead one may be for ever
    if (now?.text === dead.text && now.modified === dead.modified) remove(lockPath)
  } finally {
    remove(breakPath)
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (!isMissing(error) && !isHeldOpen(error)) throw error
  }
}

function touch(lockPath: string): void {
  try {
    const now = new Date()
    utimesSync(lockPath, now, now)
  } catch {
    // it was taken over; isHeld says so before anything is written
  }
}

function timeoutError(
  path: string,
  lockPath: string,
  timeout: number,
  holder: Holder | undefined,
): HtpasswdError {
  const who = holder ? `process ${holder.pid} on ${holder.host}` : 'an unknown process'
  return new HtpasswdError(
    'ERR_LOCK_TIMEOUT',
    `cannot lock ${path}: waited ${timeout / 1000} s for ${who}; if that is not running, delete ${lockPath}`,
  )
}
