// `--log-file`: a file for the access log, reopened once another program has moved it away.
import { closeSync, createWriteStream, openSync, type WriteStream } from 'node:fs'
import { Writable } from 'node:stream'
import { HtpasswdError } from '../../../../errors.ts'

/** The lines tell who opened what, so only the owner and the group may read them. */
const MODE = 0o640

/** Appends to a file; several processes may, because each write is a whole number of lines. */
export class LogFile extends Writable {
  readonly #path: string
  readonly #notify: (text: string) => void
  #out: WriteStream

  /** @throws HtpasswdError `ERR_FILE_ACCESS` if the file cannot be opened for writing. */
  constructor(path: string, notify: (text: string) => void) {
    super({ decodeStrings: false })
    this.#path = path
    this.#notify = notify
    this.#out = this.#open()
  }

  /** Reopens the file. If that fails, lines go to the old file, and the operator is told. */
  reopen(): void {
    try {
      const next = this.#open()
      this.#out.end()
      this.#out = next
    } catch (error) {
      this.#notify(`warning: ${(error as Error).message}; the log goes on into the file that was open`)
    }
  }

  override _write(text: string, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#out.write(text, () => done())
  }

  override _final(done: () => void): void {
    this.#out.end(done)
  }

  #open(): WriteStream {
    let fd: number
    try {
      fd = openSync(this.#path, 'a', MODE)
    } catch (error) {
      const reason = (error as Error).message.replace(/, open .*$/, '')
      throw new HtpasswdError('ERR_FILE_ACCESS', `--log-file: cannot write ${this.#path}: ${reason}`, {
        cause: error,
      })
    }
    try {
      const out = createWriteStream(this.#path, { fd, flags: 'a' })
      let isReported = false
      out.on('error', error => {
        if (!isReported) this.#notify(`warning: cannot write ${this.#path}: ${error.message}`)
        isReported = true
      })
      return out
    } catch (error) {
      closeSync(fd)
      throw error
    }
  }
}
