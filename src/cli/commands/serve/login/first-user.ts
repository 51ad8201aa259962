// `serve --init`: creates a missing password file with one user, whose password is given, typed, or generated and shown once.
import { existsSync } from 'node:fs'
import { toByteString } from '../../../../bytes.ts'
import type { HtpasswdDocument } from '../../../../document/document.ts'
import { generatePassword } from '../../../../hash/generate-password.ts'
import { makeHash } from '../../../../hash/hash-password.ts'
import { HtpasswdFile } from '../../../../store/htpasswd-file.ts'
import { rejectLostOutput, updateWith } from '../../../password/generated.ts'
import { type NewPassword, newPassword } from '../../../password/new-password.ts'
import type { PasswordValues } from '../../../password/options.ts'
import { givenOptions } from '../../../password/source.ts'
import type { Io } from '../../../terminal/io.ts'

const FIRST_USER = 'admin'

/**
 * Does nothing if the file exists, whatever is in it.
 *
 * @param values where the password comes from; by default it is asked for, or generated if there is no terminal.
 */
export async function makeFirstUser(file: string, values: PasswordValues, io: Io): Promise<void> {
  if (existsSync(file)) return
  const { password, isShown } = await firstPassword(values, io)
  if (isShown) rejectLostOutput(io, 2)
  const hash = await makeHash(password, {})
  let isDelivered = false
  const add = (document: HtpasswdDocument): boolean => {
    // another process may have created it in the meantime: its user stays
    if (document.size > 0) return false
    document.set(FIRST_USER, hash)
    // on standard error, because the access log goes to standard output
    if (isShown && !isDelivered) io.deliver(2, `Password of ${FIRST_USER}, shown this once: ${password}\n`)
    isDelivered = true
    return true
  }
  const update = async (): Promise<boolean> => {
    // readable by the owner only from the first byte on, because the guard runs under this account
    const umask = process.umask(0o077)
    try {
      return await HtpasswdFile.update(file, add, { create: true })
    } finally {
      process.umask(umask)
    }
  }
  if (!(await updateWith(values, password, file, update))) return
  io.err(`Created ${file} with the user ${FIRST_USER}.\n`)
}

async function firstPassword(values: PasswordValues, io: Io): Promise<NewPassword> {
  if (givenOptions(values).length > 0) return newPassword(FIRST_USER, values, io)
  const terminal = await io.openTerminal()
  if (terminal === undefined) return { password: toByteString(generatePassword()), isShown: true }
  return newPassword(FIRST_USER, values, { ...io, openTerminal: async () => terminal })
}
