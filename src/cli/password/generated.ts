// Hands a made-up password over: in a new private file that is there before the record, or to be shown behind it.
import { lstatSync } from 'node:fs'
import { type FileHandle, open, rm, stat } from 'node:fs/promises'
import { type ByteString, fromByteString } from '../../bytes.ts'
import { HtpasswdError } from '../../errors.ts'
import type { GenerationValues } from './options.ts'
import { generationOf } from './source.ts'

/** Whether the caller has to show it, once its record is safe: nothing else has it. */
export const isToBeShown = (values: GenerationValues): boolean =>
  generationOf(values) !== undefined && values['generate-to'] === undefined

/**
 * For work that takes long before its update: a file that is there is refused now, and not only then.
 *
 * @throws HtpasswdError `ERR_FILE_ACCESS`.
 */
export function rejectExisting({ 'generate-to': path }: GenerationValues): void {
  if (path === undefined || lstatSync(path, { throwIfNoEntry: false }) === undefined) return
  throw refusal(path, { code: 'EEXIST' })
}

/**
 * Carries an update out, with its password in the file of `--generate-to` where that was given.
 *
 * @param recordFile where the record goes; undefined where that is no file.
 * @param update resolves with false where it wrote nothing; the file of the password is then taken away again, as it
 *   is where the update fails.
 * @throws HtpasswdError `ERR_FILE_ACCESS` before the update where that file cannot be made or is there.
 */
export async function updateWith(
  { 'generate-to': path }: GenerationValues,
  password: ByteString,
  recordFile: string | undefined,
  update: () => Promise<boolean>,
): Promise<boolean> {
  if (path === undefined) return update()
  await makeFile(path, password, recordFile)
  let isWritten = false
  try {
    isWritten = await update()
  } finally {
    if (!isWritten) await rm(path, { force: true })
  }
  return isWritten
}

async function makeFile(path: string, password: ByteString, recordFile: string | undefined): Promise<void> {
  // exclusive, so that nothing is overwritten and no link that was planted there is followed
  const handle = await open(path, 'wx', 0o600).catch(error => {
    throw refusal(path, error)
  })
  try {
    if (recordFile !== undefined) await rejectSame(handle, path, recordFile)
    // before the first byte: rights that come later come too late
    if (process.platform === 'win32') await restrict(path)
    await handle.writeFile(fromByteString(`${password}\n` as ByteString))
    await handle.sync()
    await handle.close()
  } catch (error) {
    await handle.close()
    await rm(path, { force: true })
    throw error instanceof HtpasswdError ? error : refusal(path, error)
  }
}

function refusal(path: string, error: unknown): HtpasswdError {
  const cause = error as NodeJS.ErrnoException
  const got = cause.code === 'EEXIST' ? `${path}, which is there` : cause.message
  const code = cause.code === 'ENOSPC' || cause.code === 'EDQUOT' ? 'ERR_FILE_WRITE' : 'ERR_FILE_ACCESS'
  return new HtpasswdError(
    code,
    `--generate-to expected a place for a new file, got ${got}; nothing was changed`,
    {
      cause,
    },
  )
}

/** By what the system says, for one file has many names: links, capitals, `./`. */
async function rejectSame(handle: FileHandle, path: string, recordFile: string): Promise<void> {
  const made = await handle.stat({ bigint: true })
  const there = await stat(recordFile, { bigint: true }).catch(() => undefined)
  if (there?.dev !== made.dev || there.ino !== made.ino) return
  throw new HtpasswdError(
    'ERR_USAGE',
    `--generate-to expected another file than that of the users, got ${path}; nothing was changed`,
  )
}

async function restrict(path: string): Promise<void> {
  const { restrictToOwner } = await import('../../store/windows-access.ts')
  if (await restrictToOwner(path)) return
  throw new HtpasswdError(
    'ERR_FILE_ACCESS',
    `--generate-to expected that Windows lets only you read ${path}, got no whoami or icacls to do so; nothing was changed`,
  )
}
