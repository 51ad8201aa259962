// Long results on standard output: written in large pieces, and JSON without holding all of it.
import type { Io } from './io.ts'

/** Each write is a call of the system; a million lines are not to be a million calls. */
const PIECE_CHARACTERS = 64 * 1024

/** Standard output with a buffer in front. */
export class Output {
  readonly #io: Io
  #pending = ''

  constructor(io: Io) {
    this.#io = io
  }

  write(text: string): void {
    this.#pending += text
    if (this.#pending.length >= PIECE_CHARACTERS) this.flush()
  }

  flush(): void {
    if (this.#pending !== '') this.#io.out(this.#pending)
    this.#pending = ''
  }
}

/**
 * Writes one JSON document: the head's members, a list under its name with a line for each item, and what is known only
 * behind the list.
 */
export function writeJson(
  io: Io,
  head: object,
  name: string,
  items: Iterable<object>,
  tail: () => object,
): void {
  const output = new Output(io)
  output.write(`${JSON.stringify(head).slice(0, -1)},${JSON.stringify(name)}:[`)
  let separator = '\n'
  for (const item of items) {
    output.write(separator + JSON.stringify(item))
    separator = ',\n'
  }
  output.write(`\n],${JSON.stringify(tail()).slice(1)}\n`)
  output.flush()
}
