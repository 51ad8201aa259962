// The storage behind the account page: changes passwords in the password file and tokens beside it, under their locks.
import { access, constants } from 'node:fs/promises'
import { dirname } from 'node:path'
import { addToken } from '../../auth/tokens/manage.ts'
import { type ByteString, fromByteString } from '../../bytes.ts'
import type { TokenRecord, TokenScope } from '../../document/tokens.ts'
import { hashPassword } from '../../hash/hash-password.ts'
import type { HashOptions } from '../../hash/options.ts'
import { identify } from '../../hash/registry.ts'
import { readTokens, updateTokens } from '../../store/token-file.ts'
import { updateFile } from '../../store/update.ts'

/** A new token, as the form asks for it. */
interface TokenWish {
  readonly name: string
  readonly days: number
  readonly scope: TokenScope
}

/** The tokens of the users. */
export interface TokenStore {
  list(username: ByteString): Promise<TokenRecord[]>
  /** @returns the token, which cannot be read again later. */
  create(user: string, wish: TokenWish, now: number): Promise<string>
  /** Revokes those of the ids that belong to the user. */
  revoke(username: ByteString, ids: readonly string[]): Promise<void>
}

/** The passwords of the users. */
export interface AccountStore {
  /** Whether this process may write the password file. */
  isWritable(): Promise<boolean>
  /**
   * Sets a user's password.
   *
   * @param stored the hash that the current password was verified against.
   * @returns false if the user's record is another one by now; nothing was changed.
   */
  setPassword(username: ByteString, stored: string, password: string): Promise<boolean>
  /** Undefined if tokens are not accepted. */
  readonly tokens: TokenStore | undefined
}

/** Makes the store of a password file. @param tokensPath the file of the tokens. */
export function accountStore(path: string, tokensPath: string | undefined): AccountStore {
  return {
    tokens: tokensPath === undefined ? undefined : tokenStore(path, tokensPath),
    isWritable: async () => (await canWrite(path)) || (await canWrite(dirname(path))),
    setPassword: async (username, stored, password) => {
      const hash = await hashPassword(password, optionsLike(stored))
      const user = fromByteString(username)
      return updateFile(path, document => {
        if (document.get(user) !== stored) return false
        document.set(user, hash)
        return true
      })
    },
  }
}

const DAY_SECONDS = 86_400

const tokenStore = (file: string, tokens: string): TokenStore => ({
  list: async username => [...(await readTokens(tokens)).tokens()].filter(({ user }) => user === username),
  create: (user, { name, days, scope }, now) => {
    const expires = Math.floor(now / 1000) + days * DAY_SECONDS
    return addToken({ file, tokens }, { user, name, scope, expires }, now)
  },
  revoke: async (username, ids) => {
    await updateTokens(tokens, document => {
      document.remove(({ id, user }) => user === username && ids.includes(id))
    })
  },
})

async function canWrite(path: string): Promise<boolean> {
  try {
    await access(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** A strong record keeps its format and cost, since the server that reads the file may know no other; a weak one does not. */
function optionsLike(stored: string): HashOptions {
  const info = identify(stored)
  if (info?.strength !== 'strong') return {}
  const { format, cost, rounds } = info
  return { format, ...(cost !== undefined && { cost }), ...(rounds !== undefined && { rounds }) }
}
