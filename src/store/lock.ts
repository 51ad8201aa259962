// One writer at a time: a lock file that names its holder, and that the next writer takes over if the holder is dead.
// By hand, because proper-lockfile knows a dead holder only by the age of its lock (2 s at least), so the next run waits.
import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readFileSync, readlinkSync, utimesSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { HtpasswdError } from '../errors.ts'
import { fileError, isHeldOpen } from './file-error.ts'
import {
  besideFile,
  inTemporaryFolder,
  isRefusedByFolder,
  lstatIfThere,
  newFile,
  readStart,
  removeIfAllowed,
} from './side-files.ts'
import { currentStats } from './snapshot.ts'

/** How long a writer waits for others unless told otherwise, in milliseconds. */
export const DEFAULT_LOCK_TIMEOUT = 30_000
/** The holder sets its lock's timestamp this often; after ten missed ones any holder counts as dead. */
const HEARTBEAT_MS = 1_000
const DEAD_AFTER_HEARTBEATS = 10
/** A lock without text belongs to a writer that died between creating and writing it, which takes microseconds. */
const EMPTY_IS_DEAD_AFTER_MS = 500
/** A lock is shorter; a longer one was not written by a writer. */
const MAX_LOCK_BYTES = 1024

interface Holder {
  readonly pid: number
  readonly host: string
  /** When the process started, in seconds: tells process 1 of a restarted container from its predecessor. */
  readonly started: number
  readonly id: string
  /** Linux: the boot and the PID namespace in which the process id is valid (pid_namespaces(7)). */
  readonly space?: string
}

/** A lock that this process holds. */
export interface Lock {
  /** Names the files of this writer, which its successor deletes if it dies. */
  readonly id: string
  /** The lock is in the temporary folder: that of the file cannot be written, or the file has several names. */
  readonly isElsewhere: boolean
  /** False after another writer took this one for dead, as after a long suspend. Then nothing may be written any more. */
  isHeld(): boolean
  release(): void
}

// computed once: after a change of the clock this process would look like another one
const startedAt = Math.round(Date.now() / 1000 - process.uptime())

/** A process id says something about a process only in the same boot and PID namespace. */
function processSpace(): string | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    // no /proc: only the heartbeat tells whether a holder lives
    return randomUUID()
  }
}

/**
 * Takes the lock of `path`, waiting at most `timeout` milliseconds.
 *
 * @throws HtpasswdError `ERR_LOCK_TIMEOUT`, naming the holder and the lock file; `ERR_FILE_ACCESS` if no lock can be
 *   created.
 */
export async function acquireLock(path: string, timeout: number): Promise<Lock> {
  const space = processSpace()
  const me: Holder = {
    pid: process.pid,
    host: hostname(),
    started: startedAt,
    id: randomUUID(),
    ...(space !== undefined && { space }),
  }
  const text = JSON.stringify(me)
  const deadline = performance.now() + timeout
  const watches = new Map<string, HeartbeatWatch>()
  for (;;) {
    const attempt = tryLock(path, text)
    if (attempt.blockedBy === undefined) return hold(attempt.lockPath, me.id, text, attempt.isElsewhere)
    const { blockedBy } = attempt
    const found = read(blockedBy)
    // released since
    if (found === undefined) continue
    const watch = watches.get(blockedBy) ?? new HeartbeatWatch()
    watches.set(blockedBy, watch)
    if ((isDead(found, me) || watch.isStill(found)) && takeOver(path, blockedBy, found)) continue
    if (performance.now() >= deadline) throw timeoutError(path, blockedBy, timeout, found.holder)
    // random, or writers that collided once would collide again
    await delay(5 + Math.random() * 20)
  }
}

interface Attempt {
  readonly lockPath: string
  readonly isElsewhere: boolean
  /** The lock of another writer; undefined if the lock was taken. */
  readonly blockedBy?: string
}

/**
 * Creates the lock, in the folder or, where that cannot be written, in the temporary folder, then looks for a lock in the
 * other place: a writer with more permissions on the folder uses the first, one with fewer the second.
 */
function tryLock(path: string, text: string): Attempt {
  const beside = besideFile(path, 'lock')
  const linked = currentStats(path)
  // each of several names has another folder, or another lock in the same one
  if (linked !== undefined && linked.nlink > 1n)
    return tryLockElsewhere(path, text, inTemporaryFolder(linked, 'lock'))
  try {
    if (!create(beside, text)) return { lockPath: beside, isElsewhere: false, blockedBy: beside }
  } catch (error) {
    const stats = isRefusedByFolder(error) ? currentStats(path) : undefined
    if (stats === undefined) throw fileError(error, 'cannot lock', path)
    return tryLockElsewhere(path, text, inTemporaryFolder(stats, 'lock'))
  }
  const stats = currentStats(path)
  const elsewhere = stats && inTemporaryFolder(stats, 'lock')
  if (elsewhere === undefined || lstatIfThere(elsewhere) === undefined)
    return { lockPath: beside, isElsewhere: false }
  removeIfAllowed(beside)
  return { lockPath: beside, isElsewhere: false, blockedBy: elsewhere }
}

function tryLockElsewhere(path: string, text: string, elsewhere: string): Attempt {
  const attempt = { lockPath: elsewhere, isElsewhere: true }
  try {
    if (!create(elsewhere, text, 0o600)) return { ...attempt, blockedBy: elsewhere }
  } catch (error) {
    throw fileError(error, 'cannot lock', path)
  }
  const beside = besideFile(path, 'lock')
  const stats = currentStats(path)
  // the file was replaced since, so this lock is that of another inode
  const isReplaced = stats === undefined || inTemporaryFolder(stats, 'lock') !== elsewhere
  if (!isReplaced && lstatIfThere(beside) === undefined) return attempt
  removeIfAllowed(elsewhere)
  return { ...attempt, blockedBy: beside }
}

function hold(lockPath: string, id: string, text: string, isElsewhere: boolean): Lock {
  const heartbeat = setInterval(() => touch(lockPath), HEARTBEAT_MS)
  heartbeat.unref()
  const isHeld = (): boolean => read(lockPath)?.text === text
  const release = (): void => {
    clearInterval(heartbeat)
    if (isHeld()) removeIfAllowed(lockPath)
  }
  return { id, isElsewhere, isHeld, release }
}

/** @returns false if there is one. Exclusive creation does not follow a link that somebody planted. */
function create(lockPath: string, text: string, mode = 0o644): boolean {
  try {
    const fd = openSync(lockPath, 'wx', mode)
    try {
      writeSync(fd, text)
    } catch (error) {
      removeIfAllowed(lockPath)
      throw error
    } finally {
      closeSync(fd)
    }
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    // on Windows a file that is being deleted answers EPERM until it is gone
    if (process.platform === 'win32' && isHeldOpen(error) && read(lockPath) !== undefined) return false
    throw error
  }
}

interface Found {
  readonly text: string
  readonly holder: Holder | undefined
  readonly modified: number
  /** It has text, which this user may not read (a umask of 077, or the temporary folder). */
  readonly isUnreadable: boolean
}

function read(lockPath: string): Found | undefined {
  const start = readStart(lockPath, MAX_LOCK_BYTES)
  if (start === undefined) return undefined
  if (start.stats.isDirectory())
    throw new HtpasswdError('ERR_FILE_ACCESS', `cannot lock: ${lockPath} is a folder; delete it`)
  const text = start.bytes.toString('utf8')
  const isUnreadable = text === '' && start.stats.isFile() && start.stats.size > 0n
  return { text, holder: parseHolder(text), modified: Number(start.stats.mtimeMs), isUnreadable }
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

function isDead({ holder, modified, isUnreadable }: Found, me: Holder): boolean {
  if (isUnreadable) return false
  if (holder === undefined) return Date.now() - modified > EMPTY_IS_DEAD_AFTER_MS
  if (holder.host !== me.host || holder.space !== me.space) return false
  if (holder.pid === me.pid) return Math.abs(holder.started - me.started) > 2
  try {
    process.kill(holder.pid, 0)
    return false
  } catch (error) {
    // EPERM: it lives, and belongs to another user
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

/** Whether a holder that cannot be asked (another machine or namespace, a reused process id) still touches its lock. */
class HeartbeatWatch {
  #modified = 0
  #since = 0

  isStill({ modified }: Found): boolean {
    if (modified !== this.#modified) {
      this.#modified = modified
      this.#since = performance.now()
    }
    return performance.now() - this.#since > HEARTBEAT_MS * DEAD_AFTER_HEARTBEATS
  }
}

/**
 * Removes a dead lock and what its holder left. Only the holder of a second lock may do it, and only after another look:
 * otherwise two successors could each remove a lock, the second one the first one's new lock.
 *
 * @returns whether it is worth to try again at once.
 */
function takeOver(path: string, lockPath: string, dead: Found): boolean {
  const breakPath = `${lockPath}-break`
  try {
    closeSync(openSync(breakPath, 'wx', 0o600))
  } catch {
    const other = read(breakPath)
    if (other !== undefined && Date.now() - other.modified > EMPTY_IS_DEAD_AFTER_MS)
      removeIfAllowed(breakPath)
    return false
  }
  try {
    const now = read(lockPath)
    // by its time too: a live lock is empty for a moment, as a dead one may be for ever
    if (now?.text !== dead.text || now.modified !== dead.modified) return true
    const { id = '' } = dead.holder ?? {}
    if (/^[\da-f-]{36}$/.test(id)) removeIfAllowed(newFile(path, id))
    return removeIfAllowed(lockPath)
  } finally {
    removeIfAllowed(breakPath)
  }
}

function touch(lockPath: string): void {
  try {
    const now = new Date()
    utimesSync(lockPath, now, now)
  } catch {
    // it was taken over, which isHeld reports before anything is written
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
