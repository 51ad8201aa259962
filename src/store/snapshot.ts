// A password file as it was at one moment: its bytes, and a stamp that changes whenever somebody writes it.
import { type BigIntStats, closeSync, constants, fstatSync, openSync, read, statSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { HtpasswdError } from '../errors.ts'
import { isHeldOpen, isMissing, readError } from './file-error.ts'
import { readRecovery } from './recovery.ts'
import { readBytes } from './side-files.ts'

/** What one reading of a file found. */
export interface Snapshot {
  readonly bytes: Buffer
  readonly stats: BigIntStats
  readonly stamp: string
}

/** What one reading found that did not wait for writers. */
export interface Reading extends Omit<Snapshot, 'stamp'> {
  /** Whether this package writes it in place; `bytes` is then its old content, from the recovery copy. */
  readonly isBeingWritten: boolean
}

const stampOf = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  [dev, ino, size, mtimeNs, ctimeNs].join()

/** The stamp of the file now; empty if there is no file. */
export function currentStamp(path: string): string {
  const stats = currentStats(path)
  return stats === undefined ? '' : stampOf(stats)
}

/**
 * What stat(2) says of the file now; undefined if there is no file.
 *
 * @throws HtpasswdError `ERR_FILE_ACCESS`.
 */
export function currentStats(path: string, name = path): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false })
  } catch (error) {
    // a missing folder is not covered by throwIfNoEntry on every system
    if (isMissing(error)) return undefined
    throw readError(error, name)
  }
}

/** Whether a file with these stats has the same inode: a write in place keeps it, a rename brings another one. */
export const isSameInode = (a: BigIntStats, b: BigIntStats): boolean => a.ino === b.ino && a.dev === b.dev

/** Whether nobody wrote between two calls of stat(2), as far as the timestamps tell. */
export const isSameState = (a: BigIntStats, b: BigIntStats): boolean =>
  isSameInode(a, b) && a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs

/**
 * Reads the whole file; again if somebody wrote while it was read.
 *
 * @param name how messages name the file.
 * @returns undefined if there is no file.
 * @throws HtpasswdError `ERR_FILE_ACCESS`; `ERR_FILE_BUSY` if every attempt met another write.
 */
export function readSnapshot(path: string, name = path): Promise<Snapshot | undefined> {
  const readAll = async (fd: number, size: number, stats: BigIntStats): Promise<Snapshot> => {
    // one buffer of the right size: readFile would hold the file twice for a moment
    const bytes = Buffer.allocUnsafeSlow(size)
    let filled = 0
    while (filled < bytes.length) {
      const length = await readAt(fd, bytes.subarray(filled), filled)
      if (length === 0) break
      filled += length
    }
    return { bytes: bytes.subarray(0, filled), stats, stamp: stampOf(stats) }
  }
  return readStill(path, readAll, name)
}

/** Fills the buffer from an offset of the file; resolves with the number of bytes read. */
const readAt = (fd: number, into: Buffer, position: number): Promise<number> =>
  new Promise((resolve, reject) => {
    read(fd, into, 0, into.length, position, (error, length) => (error ? reject(error) : resolve(length)))
  })

/** A writer of this package ends its write in place at one moment, so that the second reading sees it whole. */
const SYNC_ATTEMPTS = 3

/**
 * Reads the whole file without waiting for a writer to finish: a write in progress of another program shows as half a
 * file, and as other stats afterwards.
 *
 * @returns undefined if there is no file.
 * @throws HtpasswdError `ERR_FILE_ACCESS`; `ERR_FILE_BUSY` if a write is not finished and its copy may not be read.
 */
export function readSnapshotSync(path: string, name = path): Reading | undefined {
  const ended = new Set<bigint>()
  for (let attempt = 1; ; attempt++) {
    try {
      const reading = withRegularFile(path, name, (fd, stats) => {
        const bytes = readBytes(fd, Number(stats.size))
        const old = readRecovery(path, stats, readBytes, ended)
        if (old === 'ended') return undefined
        old?.close()
        return { bytes: old?.result ?? bytes, stats, isBeingWritten: old !== undefined }
      })
      if (reading === undefined) continue
      const isLast = reading.isBeingWritten || attempt >= SYNC_ATTEMPTS
      if (isLast || stampOf(reading.stats) === currentStamp(path)) return reading
    } catch (error) {
      if (isMissing(error)) return undefined
      throw readError(error, name)
    }
  }
}

/** Attempts before giving up on a file that changes during every reading. */
const READ_ATTEMPTS = 50

/**
 * Reads a regular file with `use`; again if somebody wrote meanwhile. During a write in place, and after one that was
 * killed, reads its recovery copy. As `readSnapshot`.
 *
 * @param use is given an open file, the number of bytes to read from its start, and the stats of the password file.
 */
export async function readStill<T>(
  path: string,
  use: (fd: number, size: number, stats: BigIntStats) => Promise<T>,
  name = path,
): Promise<T | undefined> {
  const ended = new Set<bigint>()
  for (let attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
    try {
      const reading = await readOnce(path, name, use)
      if (reading === undefined) return undefined
      // before the stamp is compared: a write that ended since then shows in the stamp
      const old = readRecovery(path, reading.stats, (fd, size) => use(fd, size, reading.stats), ended)
      if (old === 'ended') continue
      if (old !== undefined) return await old.result.finally(old.close)
      if (stampOf(reading.stats) === currentStamp(path)) return reading.result
    } catch (error) {
      // Windows: a sharing violation while another program has the file to itself; elsewhere: a write in place whose
      // recovery copy this user may not read. Both are mostly over in a moment.
      const isHeld = process.platform === 'win32' && isHeldOpen((error as Error).cause)
      const isBusy = (error as HtpasswdError).code === 'ERR_FILE_BUSY'
      if (!(isHeld || isBusy) || attempt === READ_ATTEMPTS - 1) throw error
    }
    await delay(10)
  }
  throw new HtpasswdError('ERR_FILE_BUSY', `cannot read ${name}: other programs kept writing it; try again`)
}

async function readOnce<T>(
  path: string,
  name: string,
  use: (fd: number, size: number, stats: BigIntStats) => Promise<T>,
): Promise<{ result: T; stats: BigIntStats } | undefined> {
  try {
    return await withRegularFile(path, name, (fd, stats) =>
      use(fd, Number(stats.size), stats).then(result => ({ result, stats })),
    )
  } catch (error) {
    if (isMissing(error)) return undefined
    throw readError(error, name)
  }
}

/** Opens a regular file for `use` and closes it afterwards, when what `use` returns has settled. */
function withRegularFile<T>(path: string, name: string, use: (fd: number, stats: BigIntStats) => T): T {
  // non-blocking, or opening a named pipe would wait for a writer; Windows has no such flag and no such pipe
  const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  let isPending = false
  try {
    const stats = fstatSync(fd, { bigint: true })
    if (!stats.isFile())
      throw new HtpasswdError('ERR_FILE_ACCESS', `cannot read ${name}: ${kindOf(stats)}, not a regular file`)
    const result = use(fd, stats)
    if (!(result instanceof Promise)) return result
    isPending = true
    return result.finally(() => closeSync(fd)) as T
  } finally {
    if (!isPending) closeSync(fd)
  }
}

const kindOf = (stats: BigIntStats): string =>
  stats.isDirectory() ? 'it is a folder' : stats.isFIFO() ? 'it is a pipe' : 'it is a device or socket'
