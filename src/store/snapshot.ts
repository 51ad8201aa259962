// A password file as it stood at one moment: its bytes, and a stamp that changes whenever somebody writes it.
import { type BigIntStats, constants, realpathSync, statSync } from 'node:fs'
import { open, readlink } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
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

/** Behind symbolic links, since a rename onto a link would replace the link; works for a file that is yet to come. */
export async function linkTarget(path: string): Promise<string> {
  // Node puts the mark of a long path there itself (toNamespacedPath), and its realpath stumbles over one
  const absolute = resolve(path).replace(/^\\\\\?\\(?=[a-z]:)/i, '')
  try {
    // not the native one, which Windows refuses for long paths and some drives, and which turns a drive into its share
    return realpathSync(absolute)
  } catch (error) {
    if (!isMissing(error)) throw fileError(error, 'cannot open', path)
  }
  const link = await readlink(absolute).catch(() => undefined)
  // a link to nowhere: its target is what will be created
  return link === undefined ? absolute : linkTarget(resolve(dirname(absolute), link))
}

/** Tries before giving up on a file that changes under every reading. */
const READ_ATTEMPTS = 50

/**
 * Reads the whole file, again where somebody wrote while it was read.
 *
 * @returns undefined where there is no file.
 * @throws HtpasswdError `ERR_FILE_ACCESS`; `ERR_FILE_BUSY` where it never stood still.
 */
export async function readSnapshot(path: string): Promise<Snapshot | undefined> {
  for (let attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
    try {
      const snapshot = await readOnce(path)
      if (snapshot === undefined || snapshot.stamp === currentStamp(path)) return snapshot
    } catch (error) {
      // Windows lets nobody in while another program has the file for itself, which is mostly over in a moment
      const isOver = attempt === READ_ATTEMPTS - 1
      if (process.platform !== 'win32' || isOver || !isHeldOpen((error as Error).cause)) throw error
    }
    await delay(10)
  }
  throw new HtpasswdError('ERR_FILE_BUSY', `cannot read ${path}: other programs kept writing it; try again`)
}

async function readOnce(path: string): Promise<Snapshot | undefined> {
  try {
    // non-blocking, or a named pipe would be waited on for ever; Windows has no such flag and no such pipe
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    try {
      const stats = await handle.stat({ bigint: true })
      if (!stats.isFile())
        throw new HtpasswdError('ERR_FILE_ACCESS', `cannot read ${path}: expected a regular file`)
      // one buffer of the right size: readFile would hold the file twice for a moment
      const bytes = Buffer.allocUnsafeSlow(Number(stats.size))
      let filled = 0
      while (filled < bytes.length) {
        const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, filled)
        if (bytesRead === 0) break
        filled += bytesRead
      }
      return { bytes: bytes.subarray(0, filled), stats, stamp: stampOf(stats) }
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw fileError(error, 'cannot read', path)
  }
}
