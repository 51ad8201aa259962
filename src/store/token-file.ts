// The token file beside a password file: reads and changes it, and updates tokens after a change of their owners.
import { existsSync } from 'node:fs'
import { HtpasswdDocument } from '../document/document.ts'
import { ownerText, recordFingerprint, type TokenRecord, TokensDocument } from '../document/tokens.ts'
import { HtpasswdError } from '../errors.ts'
import { isLocked } from '../hash/registry.ts'
import { isServiceAccount } from '../hash/service-account.ts'
import { LiveText } from './live-text.ts'
import { rewriteFile } from './rewrite.ts'
import { readSnapshot } from './snapshot.ts'

/** The path of the tokens of a password file, unless another file is named. */
export const tokensPath = (file: string): string => `${file}.tokens`

/** Only the server and its operator need to read it; the digests in it cannot be turned back into tokens. */
const TOKENS_MODE = 0o600

const LIVE = { parse: (bytes: Buffer) => new TokensDocument(bytes), missing: new TokensDocument() }

/** The current tokens of the file; none while there is no such file. @throws HtpasswdError `ERR_FILE_ACCESS`. */
export const openTokens = (path: string): Promise<LiveText<TokensDocument>> => LiveText.open(path, LIVE)

/** As `openTokens`, but synchronous. */
export const openTokensSync = (path: string): LiveText<TokensDocument> => LiveText.openSync(path, LIVE)

/** Reads a token file; no tokens if there is none. @throws HtpasswdError `ERR_FILE_ACCESS`. */
export async function readTokens(path: string): Promise<TokensDocument> {
  return new TokensDocument((await readSnapshot(path))?.bytes)
}

/**
 * Changes a token file under its lock; a missing one is created.
 *
 * @param change may run more than once.
 * @throws HtpasswdError after which the file is unchanged.
 */
export function updateTokens<T>(
  path: string,
  change: (tokens: TokensDocument) => T | Promise<T>,
  onPrivate?: () => void,
): Promise<T> {
  return rewriteFile(
    path,
    async bytes => {
      const tokens = new TokensDocument(bytes)
      const result = await change(tokens)
      if (!tokens.changed) return { result }
      const pieces = [tokens.toBuffer()]
      return bytes === undefined ? { result, pieces, mode: TOKENS_MODE } : { result, pieces }
    },
    { create: true, ...(onPrivate && { onPrivate }) },
  )
}

/**
 * Whether nobody can log in with a record: it is locked on purpose, or empty. A service account is not closed, because
 * it has tokens.
 */
export const isClosed = (hash: string): boolean => hash === '' || (isLocked(hash) && !isServiceAccount(hash))

/** The remaining work after the password file has been written. */
export interface BoundTokens {
  /** Deletes the tokens of the users who were removed. */
  drop(): Promise<void>
}

/**
 * Prepares the tokens for a change of their owners' records, before the password file is written and while it is locked.
 *
 * A token is bound to one record. Where the record gets another hash (a new password), the token is bound to both, so that
 * it holds before and after the write, and also if this process is killed in between. The former one goes with the
 * next change. A locked record is left alone: its tokens are refused until the former record is back.
 *
 * A password file that can be written while its token file cannot is written all the same: the tokens then end, which is
 * the safe side, and a warning says so.
 */
export async function bindTokens(
  file: string,
  before: Buffer,
  after: readonly Buffer[],
): Promise<BoundTokens | undefined> {
  const path = tokensPath(file)
  if (!existsSync(path)) return undefined
  const [former, next] = [new HtpasswdDocument(before), new HtpasswdDocument(Buffer.concat(after))]
  /** The token bound to both records; undefined if the change does not affect it. */
  const rebound = (token: TokenRecord): TokenRecord | undefined => {
    const [was, is] = [former.get(ownerText(token)), next.get(ownerText(token))]
    if (was === undefined || is === undefined || was === is || isClosed(is)) return undefined
    const records = [was, is].map(hash => recordFingerprint(token.id, hash))
    return token.records.includes(records[0] as string) ? { ...token, records } : undefined
  }
  /** Compares the record as well, because somebody may have added the user again in the meantime, with a new token. */
  const isOfRemoved = (token: TokenRecord): boolean => {
    const was = former.get(ownerText(token))
    if (was === undefined || next.has(ownerText(token))) return false
    return token.records.includes(recordFingerprint(token.id, was))
  }
  let removed = false
  await warnOnError(file, async () => {
    const tokens = await readTokens(path)
    const concerned = [...tokens.tokens()].some(token => rebound(token) !== undefined)
    removed = [...tokens.tokens()].some(isOfRemoved)
    if (!concerned) return
    await updateTokens(path, document => {
      for (const token of [...document.tokens()]) {
        const changed = rebound(token)
        if (changed !== undefined) document.set(changed)
      }
    })
  })
  if (!removed) return undefined
  return { drop: () => warnOnError(file, () => updateTokens(path, tokens => tokens.remove(isOfRemoved))) }
}

async function warnOnError(file: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof HtpasswdError)) throw error
    process.emitWarning(`${error.message}; tokens of users whose records changed in ${file} are refused`)
  }
}
