// --session-secret-file: the secrets that sign session cookies, one per line, always in their current state.
import { randomBytes } from 'node:crypto'
import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { HtpasswdError } from '../../../../errors.ts'
import { fileError, isMissing, readError } from '../../../../store/file-error.ts'
import { LiveText } from '../../../../store/live-text.ts'
import { count, shellWord } from '../../../terminal/output.ts'

const MIN_CHARACTERS = 32

/** A secret of 256 bits. */
export const newSecret = (): string => randomBytes(32).toString('base64url')

/**
 * Reads the secrets of a file; the first one signs. A missing file is created, readable by its owner only.
 *
 * @throws HtpasswdError `ERR_FILE_ACCESS` if it cannot be read or created, `ERR_RECORD` if it has no secret or a short
 *   one.
 */
export const readSecrets = (path: string): readonly string[] => openSecrets(path).value

/** The current secrets of a file; an invalid file changes nothing. */
export type LiveSecrets = LiveText<readonly string[]>

/** @throws HtpasswdError as `readSecrets`. */
export function openSecrets(path: string): LiveSecrets {
  if (read(path) === undefined) create(path)
  return LiveText.openSync(path, { parse: parseSecrets })
}

/** Reports changes until it is disposed of. */
export function reportSecrets(secrets: LiveSecrets, notify: (text: string) => void): Disposable {
  const { path } = secrets
  return secrets.watch({
    onChange: () => {
      notify(`${path} was read again: ${count(secrets.value.length, 'secret')}`)
      for (const warning of secretWarnings(path)) notify(`warning: ${warning}`)
    },
    onError: error => notify(`warning: ${error.message}; the secrets read last are still in use`),
  })
}

function parseSecrets(bytes: Buffer, path: string): readonly string[] {
  const secrets = bytes
    .toString()
    .split(/\r?\n/)
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('#'))
  if (secrets.length > 0 && secrets.every(secret => secret.length >= MIN_CHARACTERS)) return secrets
  throw new HtpasswdError(
    'ERR_RECORD',
    `${path} expected one secret a line, of at least ${MIN_CHARACTERS} characters; delete it to have a new one created, which ends all sessions`,
  )
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw readError(error, path)
  }
}

/**
 * Creates the file completely or not at all: if several processes start together, one creates it and the others read
 * it.
 */
function create(path: string): void {
  const temporary = `${path}.new-${process.pid}`
  try {
    writeFileSync(temporary, `${newSecret()}\n`, { mode: 0o600, flag: 'wx' })
    linkSync(temporary, path)
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST' && read(path) !== undefined
    if (isThere) return
    throw fileError(error, 'cannot create', path)
  } finally {
    rmSync(temporary, { force: true })
  }
}

/** Warns if others may read the secret, which allows to sign in as anybody. */
export function secretWarnings(path: string, platform: NodeJS.Platform = process.platform): string[] {
  const mode = platform === 'win32' ? 0 : statSync(path).mode
  if ((mode & 0o077) === 0) return []
  const octal = (mode & 0o7777).toString(8)
  return [
    `${path} has mode ${octal}: the secret in it is enough to sign in as any user. Fix it with: chmod 600 ${shellWord(path)}`,
  ]
}
