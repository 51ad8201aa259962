// Writes the access log in one go per turn of the event loop: a write for each request would cost more than its proxying.

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
      out.write(`${[...note, ...lines].join('\n')}\n`)
    }
    lines = []
  }
  return line => {
    if (lines.push(line) === 1) setImmediate(flush)
  }
}
