// Where the certificate authority and the server's certificate are kept: private keys readable by their owner only.
import { constants, existsSync } from 'node:fs'
import { access, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { HtpasswdError } from '../../../../errors.ts'
import { isMissing } from '../../../../store/file-error.ts'
import type { Stored } from './renew.ts'

/** The files of `--https`. */
export interface HttpsFiles {
  readonly folder: string
  /** The certificate authority, which visitors trust. */
  readonly authority: string
  readonly authorityKey: string
  /** The server's certificate and its key, in one file, so that they always match. */
  readonly server: string
}

const APP = 'htpasswd-kit'

export const filesIn = (folder: string): HttpsFiles => ({
  folder,
  authority: join(folder, 'ca.pem'),
  authorityKey: join(folder, 'ca-key.pem'),
  server: join(folder, 'server.pem'),
})

/** The user's folder for such files, or the one of a systemd service; undefined for an account without one. */
export function stateFolder(env: NodeJS.ProcessEnv, platform = process.platform): string | undefined {
  const home = (platform === 'win32' ? env.USERPROFILE : env.HOME) || undefined
  const [service] = (env.STATE_DIRECTORY || undefined)?.split(':') ?? []
  const within = (folder: string | undefined, ...path: string[]): string | undefined =>
    folder && isAbsolute(folder) ? join(folder, ...path) : undefined
  if (service !== undefined) return within(service, 'https')
  if (platform === 'win32') return within(env.LOCALAPPDATA, APP, 'https') ?? within(home, APP, 'https')
  if (platform === 'darwin') return within(home, 'Library', 'Application Support', APP, 'https')
  return within(env.XDG_STATE_HOME, APP, 'https') ?? within(home, '.local', 'state', APP, 'https')
}

const candidates = (passwordFile: string, env: NodeJS.ProcessEnv): string[] =>
  [stateFolder(env), join(dirname(passwordFile), '.htpasswd-https')].filter(folder => folder !== undefined)

/** The server's certificate with its key, if an earlier start or another process has made it. */
export const findServer = (passwordFile: string, env: NodeJS.ProcessEnv): string | undefined =>
  candidates(passwordFile, env)
    .map(folder => filesIn(folder).server)
    .find(existsSync)

/**
 * Creates the folder of the files: in the user's folder, or else beside the password file. @throws HtpasswdError
 * `ERR_FILE_ACCESS` if neither can be written.
 */
export async function openFolder(passwordFile: string, env: NodeJS.ProcessEnv): Promise<HttpsFiles> {
  const folders = candidates(passwordFile, env)
  let failure: unknown
  for (const folder of folders) {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await access(folder, constants.W_OK)
      return filesIn(folder)
    } catch (error) {
      failure = error
    }
  }
  throw new HtpasswdError(
    'ERR_FILE_ACCESS',
    `--https keeps its certificates in ${folders.join(' or ')}, and none of them can be written: ${(failure as Error).message}`,
    { cause: failure },
  )
}

export async function readStored(files: HttpsFiles): Promise<Stored> {
  const [certificate, key, server] = await Promise.all(
    [files.authority, files.authorityKey, files.server].map(readIfThere),
  )
  return {
    authority: certificate === undefined || key === undefined ? undefined : { certificate, key },
    server: server === undefined ? undefined : { certificate: server, key: server },
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw new HtpasswdError('ERR_FILE_ACCESS', `cannot read ${path}: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

/** Replaces a file in one step. A private file gets its permissions before its first byte is written. */
export async function writeStored(path: string, text: string, mode: 0o600 | 0o644): Promise<void> {
  const temporary = `${path}.${process.pid}.new`
  await rm(temporary, { force: true })
  const handle = await open(temporary, 'wx', mode)
  try {
    if (mode === 0o600 && process.platform === 'win32')
      await (await import('../../../../store/windows-access.ts')).restrictToOwner(temporary)
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  try {
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
