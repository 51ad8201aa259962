// What Apache's grammar writes: a new or changed record, the output of `-n`, and the removal of a user.
import { type ByteString, encodeSurrogateEscape } from '../../bytes.ts'
import { HtpasswdDocument } from '../../document/document.ts'
import { ExitStatus } from '../../errors.ts'
import type { HashOptions } from '../../hash/options.ts'
import { privateFile, rejectMalformed } from '../password-file.ts'
import type { Io } from '../terminal/io.ts'
import { printable } from '../terminal/output.ts'
import type { ClassicCommand } from './grammar.ts'
import { keepingOldFile } from './kept-file.ts'
import { makeRecord } from './make-record.ts'

/** Stores the user's new hash in the file, or prints the record; returns the exit status. */
export async function write(
  command: ClassicCommand,
  argument: ByteString | undefined,
  options: HashOptions,
  io: Io,
): Promise<number> {
  const { hash, password } = await makeRecord(command, argument, options, io)
  let isDelivered = command.given?.isShown !== true
  const deliver = (): void => {
    if (isDelivered) return
    isDelivered = true
    if (command.file !== undefined) io.deliver(1, `${password}\n`)
    // standard output has the record
    else io.deliver(2, `Generated password for ${printable(command.user)}: ${password}\n`)
  }
  const store = (): Promise<void> => storeRecord(command, hash, io, deliver)
  await (command.given?.store(password, command.file, store) ?? store())
  return ExitStatus.ok
}

/** @param deliver called before the record is stored; if it throws, nothing is. */
async function storeRecord(
  { file, user, mode, inPlace }: ClassicCommand,
  hash: string,
  io: Io,
  deliver: () => void,
): Promise<void> {
  if (file === undefined) {
    deliver()
    io.out(Buffer.from(`${encodeSurrogateEscape(user)}:${hash}\n\n`, 'latin1'))
    return
  }
  const { rewriteUsers, updateFile } = await import('../../store/update.ts')
  const options = { inPlace, onPrivate: () => io.err(privateFile(file)) }
  const change = (document: HtpasswdDocument): 'added' | 'updated' => {
    rejectMalformed(document, file)
    const result = document.set(user, hash)
    deliver()
    return result
  }
  const replace = (): Promise<'added' | 'updated'> =>
    keepingOldFile(file, io, keep =>
      rewriteUsers(
        file,
        async before => {
          await keep(before)
          const document = new HtpasswdDocument()
          return { result: change(document), pieces: document.chunks() }
        },
        { ...options, replace: true },
      ),
    )
  const done = await (mode === 'create' ? replace() : updateFile(file, change, options))
  io.err(`${done === 'added' ? 'Adding' : 'Updating'} password for user ${printable(user)}\n`)
}

/** Removes the user's records from the file; returns the exit status. */
export async function remove(command: ClassicCommand, io: Io): Promise<number> {
  const { updateFile } = await import('../../store/update.ts')
  const file = command.file as string
  const remove = (document: HtpasswdDocument): boolean => {
    rejectMalformed(document, file)
    return document.delete(command.user)
  }
  const isFound = await updateFile(file, remove, { inPlace: command.inPlace })
  const user = printable(command.user)
  io.err(isFound ? `Deleting password for user ${user}\n` : `User ${user} not found\n`)
  return ExitStatus.ok
}
