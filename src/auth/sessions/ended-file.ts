// The list of ended sessions in a file, so that a restart with the same secret does not bring them back.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { isMissing, readError } from '../../store/file-error.ts'
import type { EndedList, EndedSession, EndedSessions } from './ended-sessions.ts'

const LINE = /^([A-Za-z0-9_-]{22}) (\d{1,15}) (\d{1,15})$/

const lineOf = ({ id, signedInAt, until }: EndedSession): string => `${id} ${signedInAt} ${until}\n`

/** Remembers in a list, and in a file of lines with id, begin and end. It holds no secret, and nothing about users. */
export class EndedFile implements EndedSessions {
  readonly #path: string
  readonly #list: EndedList
  readonly #onError: (error: unknown) => void
  #written: Promise<unknown> = Promise.resolve()

  /**
   * Reads the file if there is one, and writes it again without the sessions that have ended by themselves.
   *
   * @throws HtpasswdError `ERR_FILE_ACCESS` if it cannot be read: sessions that were signed out would come back.
   */
  constructor(path: string, list: EndedList, onError: (error: unknown) => void) {
    this.#path = path
    this.#list = list
    this.#onError = onError
    let text: string
    try {
      text = readFileSync(path, 'latin1')
    } catch (error) {
      if (isMissing(error)) return
      throw readError(error, path)
    }
    const lines = text.split('\n')
    for (const line of lines) {
      const [, id, signedInAt, until] = LINE.exec(line) ?? []
      // the last line of a writer that was killed may be cut
      if (id !== undefined) list.add({ id, signedInAt: Number(signedInAt), until: Number(until) })
    }
    this.#compact(lines.length)
  }

  has(id: string, signedInAt: number): boolean {
    return this.#list.has(id, signedInAt)
  }

  async add(session: EndedSession): Promise<boolean> {
    this.#list.add(session)
    // one after the other; O_APPEND keeps the lines of several processes whole
    const write = this.#written.then(() => appendFile(this.#path, lineOf(session), { mode: 0o600 }))
    this.#written = write.catch(this.#onError)
    await this.#written
    return true
  }

  entries(): EndedSession[] {
    return this.#list.entries()
  }

  #compact(lines: number): void {
    const current = this.#list.entries()
    if (lines - 1 <= current.length) return
    const next = `${this.#path}.new`
    try {
      writeFileSync(next, current.map(lineOf).join(''), { mode: 0o600 })
      renameSync(next, this.#path)
    } catch (error) {
      // a longer file than needed is still right
      this.#onError(error)
    }
  }
}
