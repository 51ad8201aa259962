// One writer at a time: a lock file that names its holder, and that the next writer takes over if the holder is dead.
// By hand, because proper-lockfile knows a dead holder only by the age of its lock (2 s at least), so the next run waits.
import { closeSync, openSync, utimesSync, writeSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { HtpasswdError } from '../errors.ts'
import { fileError, isHeldOpen } from './file-error.ts'
import {
  EMPTY_IS_DEAD_AFTER_MS,
  type Found,
  HEARTBEAT_MS,
  HeartbeatWatch,
  type Holder,
  isDead,
  newHolder,
  readLock,
} from './lock-holder.ts'
import {
  besideFile,
  inTemporaryFolder,
  isRefusedByFolder,
  lstatIfThere,
  newFile,
  perhapsMayWrite,
  removeIfAllowed,
} from './side-files.ts'
import { currentStats } from './snapshot.ts'

/** How long a writer waits for others unless told otherwise, in milliseconds. */
export const DEFAULT_LOCK_TIMEOUT = 30_000
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

/**
 * Takes the lock of `path`, waiting at most `timeout` milliseconds.
 *
 * @throws HtpasswdError `ERR_LOCK_TIMEOUT`, naming the holder and the lock file; `ERR_FILE_ACCESS` if no lock can be
 *   created.
 */
export async function acquireLock(path: string, timeout: number): Promise<Lock> {
  const me = newHolder()
  const text = JSON.stringify(me)
  const deadline = performance.now() + timeout
  const watches = new Map<string, HeartbeatWatch>()
  for (;;) {
    const attempt = tryLock(path, text)
    if (attempt.blockedBy === undefined) return hold(attempt.lockPath, me.id, text, attempt.isElsewhere)
    const { blockedBy } = attempt
    const found = readLock(blockedBy)
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
  const attempt = { lockPath: beside, isElsewhere: false }
  const stats = currentStats(path)
  if (stats === undefined) return attempt
  const elsewhere = inTemporaryFolder(stats, 'lock')
  const other = lstatIfThere(elsewhere)
  // anybody can create a file there: a user who may not write the password file must not keep others from it
  if (other === undefined || !perhapsMayWrite(other.uid, stats)) return attempt
  removeIfAllowed(beside)
  return { ...attempt, blockedBy: elsewhere }
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
  const isHeld = (): boolean => readLock(lockPath)?.text === text
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
    if (process.platform === 'win32' && isHeldOpen(error) && readLock(lockPath) !== undefined) return false
    throw error
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
    const other = readLock(breakPath)
    if (other !== undefined && Date.now() - other.modified > EMPTY_IS_DEAD_AFTER_MS)
      removeIfAllowed(breakPath)
    return false
  }
  try {
    const now = readLock(lockPath)
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
