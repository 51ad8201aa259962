// Delivers a generated password before its record is stored: on standard output, or in a new private file.
import { lstatSync } from 'node:fs'
import { type FileHandle, open, rm, stat } from 'node:fs/promises'
import { type ByteString, fromByteString } from '../../bytes.ts'
import { HtpasswdError } from '../../errors.ts'
import { syncFile } from '../../platform/sync-file.ts'
import type { Io } from '../terminal/io.ts'
import type { GenerationValues } from './options.ts'
import { generationOf } from './source.ts'

/** Whether the password is generated and goes to standard output, because no file gets it. */
export const isToBeShown = (values: GenerationValues): boolean =>
  generationOf(values) !== undefined && values['generate-to'] === undefined

/** @throws HtpasswdError `ERR_OUTPUT` if a generated password would be lost, so that nobody could log in with it. */
export function rejectLostOutput(io: Pick<Io, 'canDeliver'>, fd: 1 | 2): void {
  if (io.canDeliver(fd)) return
  throw new HtpasswdError(
    'ERR_OUTPUT',
    `the generated password goes to standard ${fd === 1 ? 'output' : 'error'}, which is closed or the null device; ` +
      'use --generate-to FILE; nothing was changed',
  )
}

/**
 * Rejects an existing file before work that takes long.
 *
 * @throws HtpasswdError `ERR_FILE_ACCESS`.
 */
export function rejectExisting({ 'generate-to': path }: GenerationValues): void {
  if (path === undefined || lstatSync(path, { throwIfNoEntry: false }) === undefined) return
  throw refusal(path, { code: 'EEXIST' })
}

/**
 * Runs an update, with its password in the file of `--generate-to` if that was given.
 *
 * @param recordFile where the record goes; undefined if that is not a file.
 * @param update resolves with false if it wrote nothing. The password's file is then removed, and so it is if the
 *   update fails.
 * @throws HtpasswdError `ERR_FILE_ACCESS`, before the update, if that file cannot be created or exists.
 */
export async function updateWith(
  { 'generate-to': path }: GenerationValues,
  password: ByteString,
  recordFile: string | undefined,
  update: () => Promise<boolean>,
): Promise<boolean> {
  if (path === undefined) return update()
  await createFile(path, password, recordFile)
  let isWritten = false
  try {
    isWritten = await update()
  } finally {
    if (!isWritten) await rm(path, { force: true })
  }
  return isWritten
}

async function createFile(path: string, password: ByteString, recordFile: string | undefined): Promise<void> {
  // exclusive: nothing is overwritten, and no symbolic link is followed
  const handle = await open(path, 'wx', 0o600).catch(error => {
    throw refusal(path, error)
  })
  try {
    if (recordFile !== undefined) await rejectSame(handle, path, recordFile)
    // before the first byte, because a program that has opened the file keeps its access
    if (process.platform === 'win32') await restrict(path)
    await handle.writeFile(fromByteString(`${password}\n` as ByteString))
    await syncFile(handle)
    await handle.close()
  } catch (error) {
    await handle.close()
    await rm(path, { force: true })
    throw error instanceof HtpasswdError ? error : refusal(path, error)
  }
}

function refusal(path: string, error: unknown): HtpasswdError {
  const cause = error as NodeJS.ErrnoException
  const got = cause.code === 'EEXIST' ? `${path}, which exists` : cause.message
  const code = cause.code === 'ENOSPC' || cause.code === 'EDQUOT' ? 'ERR_FILE_WRITE' : 'ERR_FILE_ACCESS'
  return new HtpasswdError(code, `--generate-to expected a new file, got ${got}; nothing was changed`, {
    cause,
  })
}

/** By device and inode, because one file has many names: links, upper case, `./`. */
async function rejectSame(handle: FileHandle, path: string, recordFile: string): Promise<void> {
  const created = await handle.stat({ bigint: true })
  const existing = await stat(recordFile, { bigint: true }).catch(() => undefined)
  if (existing?.dev !== created.dev || existing.ino !== created.ino) return
  throw new HtpasswdError(
    'ERR_USAGE',
    `--generate-to expected another file than the password file, got ${path}; nothing was changed`,
  )
}

async function restrict(path: string): Promise<void> {
  const { restrictToOwner } = await import('../../store/windows-access.ts')
  if (await restrictToOwner(path)) return
  throw new HtpasswdError(
    'ERR_FILE_ACCESS',
    `--generate-to found no whoami or icacls to make ${path} readable by you only; nothing was changed`,
  )
}
