// A password file as it stood at one moment: its bytes, and a stamp that changes whenever somebody writes it.
import { type BigIntStats, closeSync, constants, fstatSync, openSync, read, statSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { HtpasswdError } from '../errors.ts'
import { fileError, isHeldOpen, isMissing } from './file-error.ts'

/** What one reading of a file found. */
export interface Snapshot {
  readonly bytes: Buffer
  readonly stats: BigIntStats
  readonly stamp: string
}

const stampOf = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  [dev, ino, size, mtimeNs, ctimeNs].join()

/** The stamp of the file now; empty where there is none. */
export function currentStamp(path: string): string {
  try {
    return stampOf(statSync(path, { bigint: true }))
  } catch (error) {
    if (isMissing(error)) return ''
    throw fileError(error, 'cannot read', path)
  }
}

/**
 * Reads the whole file, again where somebody wrote while it was read.
 *
 * @returns undefined where there is no file.
 * @throws HtpasswdError `ERR_FILE_ACCESS`; `ERR_FILE_BUSY` where it never stood still.
 */
export function readSnapshot(path: string): Promise<Snapshot | undefined> {
  return readStill(path, async (fd, stats) => {
    // one buffer of the right size: readFile would hold the file twice for a moment
    const bytes = Buffer.allocUnsafeSlow(Number(stats.size))
    let filled = 0
    while (filled < bytes.length) {
      const length = await readAt(fd, bytes.subarray(filled), filled)
      if (length === 0) break
      filled += length
    }
    return { bytes: bytes.subarray(0, filled), stats, stamp: stampOf(stats) }
  })
}

/** Fills the buffer from a place in the file; resolves with how many bytes there were. */
const readAt = (fd: number, into: Buffer, position: number): Promise<number> =>
  new Promise((resolve, reject) => {
    read(fd, into, 0, into.length, position, (error, length) => (error ? reject(error) : resolve(length)))
  })

/** Tries before giving up on a file that changes under every reading. */
const READ_ATTEMPTS = 50

/** Reads a regular file with `use`, again where somebody wrote meanwhile; as `readSnapshot`. */
export async function readStill<T>(
  path: string,
  use: (fd: number, stats: BigIntStats) => Promise<T>,
): Promise<T | undefined> {
  for (let attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
    try {
      const reading = await readOnce(path, use)
      if (reading === undefined || reading.stamp === currentStamp(path)) return reading?.result
    } catch (error) {
      // Windows lets nobody in while another program has the file for itself, which is mostly over in a moment
      const isOver = attempt === READ_ATTEMPTS - 1
      if (process.platform !== 'win32' || isOver || !isHeldOpen((error as Error).cause)) throw error
    }
    await delay(10)
  }
  throw new HtpasswdError('ERR_FILE_BUSY', `cannot read ${path}: other programs kept writing it; try again`)
}

async function readOnce<T>(
  path: string,
  use: (fd: number, stats: BigIntStats) => Promise<T>,
): Promise<{ result: T; stamp: string } | undefined> {
  try {
    // non-blocking, or a named pipe would be waited on for ever; Windows has no such flag and no such pipe
    const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    try {
      const stats = fstatSync(fd, { bigint: true })
      if (!stats.isFile())
        throw new HtpasswdError('ERR_FILE_ACCESS', `cannot read ${path}: expected a regular file`)
      return { result: await use(fd, stats), stamp: stampOf(stats) }
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw fileError(error, 'cannot read', path)
  }
}
