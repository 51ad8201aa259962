// Everything that is wrong with an import as one error, row by row, so that the source can be corrected in one go.
import { type ErrorCode, HtpasswdError } from '../errors.ts'

/** A screenful; the rest is mostly the same mistake. */
const MOST_LISTED = 20

/** A row's line in its source, or its position in a list. */
export type RowLocation = `line ${number}` | `row ${number}`

export class ImportProblems {
  readonly #listed: string[] = []
  readonly #codes = new Set<ErrorCode>()
  #count = 0

  /** @param text without a password or a hash. */
  add(location: RowLocation, code: ErrorCode, text: string): void {
    this.#codes.add(code)
    if (++this.#count <= MOST_LISTED) this.#listed.push(`  ${location}: ${text}`)
  }

  /** Adds an error of this package; rethrows any other. */
  addError(location: RowLocation, error: unknown): void {
    if (!(error instanceof HtpasswdError)) throw error
    this.add(location, error.code, error.message)
  }

  /** @throws HtpasswdError that lists the problems, if there are any. */
  throwIfAny(): void {
    if (this.#count === 0) return
    const rows = this.#count === 1 ? '1 row' : `${this.#count} rows`
    const more = this.#count - this.#listed.length
    const lines = [
      `${rows} cannot be imported; nothing was changed`,
      ...this.#listed,
      ...(more > 0 ? [`  and ${more} more`] : []),
    ]
    throw new HtpasswdError(this.#code(), lines.join('\n'))
  }

  /** The code of a single kind of problem; ERR_USERNAME for names and conflicts together; otherwise ERR_RECORD. */
  #code(): ErrorCode {
    const codes = [...this.#codes]
    if (codes.every(code => code === 'ERR_USER_EXISTS')) return 'ERR_USER_EXISTS'
    const aboutUsers: readonly ErrorCode[] = ['ERR_USER_EXISTS', 'ERR_USERNAME', 'ERR_TOO_LONG']
    return codes.every(code => aboutUsers.includes(code)) ? 'ERR_USERNAME' : 'ERR_RECORD'
  }
}
