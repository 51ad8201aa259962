// `serve --init`: makes the missing password file with one user, by a typed password or a random one that is shown once.
import { randomInt } from 'node:crypto'
import { chmodSync, existsSync } from 'node:fs'
import type { HtpasswdDocument } from '../document/document.ts'
import { HtpasswdError } from '../errors.ts'
import { hashPassword } from '../hash/registry.ts'
import { HtpasswdFile } from '../store/htpasswd-file.ts'
import type { Io } from './io.ts'
import { askPasswords } from './prompt.ts'
import type { Terminal } from './terminal.ts'

const FIRST_USER = 'admin'

// no 0 O 1 l I: a password that is shown once gets copied by eye
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const LENGTH = 20

/** 20 letters and digits of 57, about 116 bits. */
export const randomPassword = (): string =>
  Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')

/** Does nothing where the file is there, whatever is in it. */
export async function makeFirstUser(file: string, io: Io): Promise<void> {
  if (existsSync(file)) return
  const terminal = await io.openTerminal()
  const password = terminal === undefined ? randomPassword() : await askAt(terminal, io)
  const hash = await hashPassword(password)
  const add = (document: HtpasswdDocument): boolean => {
    // another process may have been quicker: its user stays
    if (document.size > 0) return false
    document.set(FIRST_USER, hash)
    return true
  }
  if (!(await HtpasswdFile.update(file, add, { create: true }))) return
  // ours alone to read: nobody else needs it, for the guard runs as us
  chmodSync(file, 0o600)
  io.err(`Made ${file} with the user ${FIRST_USER}.\n`)
  if (terminal === undefined) io.err(`Its password, shown this once: ${password}\n`)
}

async function askAt(terminal: Terminal, io: Io): Promise<Buffer> {
  const questions = [`New password for ${FIRST_USER}: `, 'Re-type new password: ']
  const [answer = Buffer.alloc(0), again] = await askPasswords(
    { ...io, openTerminal: async () => terminal },
    questions,
    () => {},
  )
  if (answer.length === 0)
    throw new HtpasswdError('ERR_PASSWORD', 'expected a password, got an empty one; nothing was made')
  if (again === undefined || !answer.equals(again)) {
    throw new HtpasswdError('ERR_PASSWORD', 'expected the same password twice, got two; nothing was made')
  }
  return answer
}
