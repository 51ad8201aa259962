// Issues tokens, and rebinds a user's tokens: both under the lock of the password file, because they read its records.
import { HtpasswdDocument } from '../../document/document.ts'
import { ownerBytes, recordFingerprint, type TokenScope } from '../../document/tokens.ts'
import { HtpasswdError } from '../../errors.ts'
import { rewriteFile } from '../../store/rewrite.ts'
import { isClosed, updateTokens } from '../../store/token-file.ts'
import { digestOf, generateToken, tokenId } from './token.ts'

/** The paths of the password file and the token file. */
export interface TokenFiles {
  readonly file: string
  readonly tokens: string
  /** Called on Windows after a token file was created, which only its owner, Administrators and SYSTEM can read. */
  readonly onPrivate?: (() => void) | undefined
}

/** The properties of a new token. */
export interface NewToken {
  readonly user: string
  /** For people; need not be unique. */
  readonly name: string
  readonly scope: TokenScope
  /** Seconds since 1970; undefined for never. */
  readonly expires: number | undefined
}

/** A longer name is refused. */
const MAX_NAME_CHARACTERS = 100

/** @throws HtpasswdError `ERR_OPTION`. */
export function checkTokenName(name: string): void {
  const length = [...name].length
  if (length === 0 || length > MAX_NAME_CHARACTERS || /[\p{Cc}\p{Cs}]/u.test(name)) {
    throw new HtpasswdError(
      'ERR_OPTION',
      `the name of a token expected 1 to ${MAX_NAME_CHARACTERS} characters without control characters`,
    )
  }
}

/**
 * Adds a token and returns it. It cannot be read again later, because only its digest is stored.
 *
 * @param now milliseconds since 1970.
 * @throws HtpasswdError `ERR_USER_MISSING` for an unknown user, `ERR_RECORD` for a locked one, `ERR_OPTION` for a name
 *   that cannot be stored, and the errors of reading and writing.
 */
export function addToken(
  files: TokenFiles,
  { user, name, scope, expires }: NewToken,
  now: number,
): Promise<string> {
  checkTokenName(name)
  return withRecordOf(files.file, user, async hash => {
    if (isClosed(hash)) {
      throw new HtpasswdError('ERR_RECORD', `${user} is locked in ${files.file}, and so would be the token`)
    }
    return updateTokens(
      files.tokens,
      document => {
        let token = generateToken()
        while (document.get(tokenId(token)) !== undefined) token = generateToken()
        const id = tokenId(token)
        document.set({
          id,
          user: ownerBytes(user),
          digest: digestOf(token),
          created: Math.floor(now / 1000),
          expires,
          scope,
          records: [recordFingerprint(id, hash)],
          name,
        })
        return token
      },
      files.onPrivate,
    )
  })
}

/**
 * Binds a user's tokens to the current record, after another program changed the password.
 *
 * @returns how many were bound to another record before.
 * @throws HtpasswdError as `addToken`.
 */
export function rebindTokens(files: TokenFiles, user: string): Promise<number> {
  return withRecordOf(files.file, user, hash =>
    updateTokens(files.tokens, document => {
      let rebound = 0
      for (const token of [...document.tokens()]) {
        const record = recordFingerprint(token.id, hash)
        if (token.user !== ownerBytes(user) || token.records.includes(record)) continue
        document.set({ ...token, records: [record] })
        rebound++
      }
      return rebound
    }),
  )
}

/** Calls `use` with a user's stored hash while no program of this package can change it. */
function withRecordOf<T>(file: string, user: string, use: (hash: string) => Promise<T>): Promise<T> {
  return rewriteFile(file, async bytes => {
    const hash = new HtpasswdDocument(bytes).get(user)
    if (hash === undefined)
      throw new HtpasswdError('ERR_USER_MISSING', `expected a user of ${file}, got ${JSON.stringify(user)}`)
    return { result: await use(hash) }
  })
}
