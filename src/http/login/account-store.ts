// What the account page changes: passwords in the password file, under its lock.
import { access, constants } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type ByteString, fromByteString } from '../../bytes.ts'
import { hashPassword } from '../../hash/hash-password.ts'
import type { HashOptions } from '../../hash/options.ts'
import { identify } from '../../hash/registry.ts'
import { updateFile } from '../../store/update.ts'

/** Where passwords are written. */
export interface AccountStore {
  /** Whether this process may write it. */
  isWritable(): Promise<boolean>
  /**
   * Sets a user's password.
   *
   * @param stored the hash that the current password was verified against.
   * @returns false if the user's record is another one by now; nothing was changed.
   */
  setPassword(username: ByteString, stored: string, password: string): Promise<boolean>
}

/** Of a password file. */
export function accountStore(path: string): AccountStore {
  return {
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
