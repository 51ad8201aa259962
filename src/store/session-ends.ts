// FILE.sessions beside a password file: records when all sessions of a user were ended by hand. It has the form of a
// password file, with a text that changes each time in place of the hash.
import { randomBytes } from 'node:crypto'
import { type ByteString, fromByteString } from '../bytes.ts'
import { parseHtpasswd } from '../document/document.ts'
import { LiveText } from './live-text.ts'
import { updateFile } from './update.ts'

const pathOf = (file: string): string => `${file}.sessions`

/** Finds the current text of a user, to which sessions are bound. */
export type GenerationOf = (username: ByteString) => string | undefined

/** @throws HtpasswdError `ERR_FILE_ACCESS` if there is such a file and it cannot be read. */
export async function openGenerations(file: string): Promise<GenerationOf> {
  const live = await LiveText.open(pathOf(file), {
    parse: bytes => parseHtpasswd(bytes),
    missing: parseHtpasswd(''),
  })
  return username => live.value.get(fromByteString(username))
}

/**
 * Ends all sessions of a user; the password stays.
 *
 * @throws HtpasswdError `ERR_FILE_ACCESS` if the file cannot be written.
 */
export async function endSessionsOf(
  file: string,
  user: string | Uint8Array,
  now = new Date(),
): Promise<void> {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, '')
  const generation = `${time}-${randomBytes(4).toString('hex')}`
  await updateFile(pathOf(file), document => document.set(user, generation), { create: true })
}
