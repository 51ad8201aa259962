// What stands against an import, row by row, as one error: all of it at once, so that a source is mended in one go.
import { type ErrorCode, HtpasswdError } from '../errors.ts'

/** A terminal full; the rest is mostly the same mistake again. */
const MOST_LISTED = 20

/** Where a row came from: its line in a source, or its place in a list. */
export type Place = `line ${number}` | `row ${number}`

export class ImportProblems {
  readonly #listed: string[] = []
  readonly #codes = new Set<ErrorCode>()
  #count = 0

  /** @param text holds no password and no hash. */
  add(place: Place, code: ErrorCode, text: string): void {
    this.#codes.add(code)
    if (++this.#count <= MOST_LISTED) this.#listed.push(`  ${place}: ${text}`)
  }

  /** Takes an error of the package's own; any other one is a fault, and thrown. */
  addError(place: Place, error: unknown): void {
    if (!(error instanceof HtpasswdError)) throw error
    this.add(place, error.code, error.message)
  }

  /** @throws HtpasswdError that lists them, where there are any. */
  throwIfAny(): void {
    if (this.#count === 0) return
    const rows = this.#count === 1 ? '1 row' : `${this.#count} rows`
    const more = this.#count - this.#listed.length
    const lines = [
      `expected only rows that can be imported, got ${rows} that cannot; nothing was changed`,
      ...this.#listed,
      ...(more > 0 ? [`  and ${more} more`] : []),
    ]
    throw new HtpasswdError(this.#code(), lines.join('\n'))
  }

  /** One kind of problem keeps its code; names and conflicts together are about users; else the source is at fault. */
  #code(): ErrorCode {
    const codes = [...this.#codes]
    if (codes.every(code => code === 'ERR_USER_EXISTS')) return 'ERR_USER_EXISTS'
    const aboutUsers: readonly ErrorCode[] = ['ERR_USER_EXISTS', 'ERR_USERNAME', 'ERR_TOO_LONG']
    return codes.every(code => aboutUsers.includes(code)) ? 'ERR_USERNAME' : 'ERR_RECORD'
  }
}
