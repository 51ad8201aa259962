// Writes the access log together for each turn of the event loop: a write for each request would cost more than its proxying.

/** Lines that wait while nobody reads our output; beyond that they are dropped, for the guard must not fill the memory. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024

export function lineWriter(out: NodeJS.WritableStream): (line: string) => void {
  let lines: string[] = []
  let dropped = 0
  const flush = (): void => {
    const waiting = (out as { writableLength?: number }).writableLength ?? 0
    if (waiting > MAX_WAITING_BYTES) dropped += lines.length
    else {
      const note = dropped > 0 ? [`(${dropped} lines were dropped: nobody read them)`] : []
      dropped = 0
      for (const text of pieces([...note, ...lines])) out.write(text)
    }
    lines = []
  }
  return line => {
    if (lines.push(line) === 1) setImmediate(flush)
  }
}

/** What a pipe takes in one piece (PIPE_BUF of Linux): longer writes of several workers would mix within a line. */
const PIECE_BYTES = 4096

function* pieces(lines: readonly string[]): Generator<string> {
  let piece = ''
  for (const line of lines) {
    if (piece !== '' && piece.length + line.length >= PIECE_BYTES) {
      yield piece
      piece = ''
    }
    piece += `${line}\n`
  }
  yield piece
}
