// Writes the lines of the access log once per turn of the event loop: a write(2) per request costs more than its proxying.

/** Bytes that are buffered while the output is not read. Further lines are dropped, or memory would run out. */
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024

export function lineWriter(out: NodeJS.WritableStream, json = false): (line: string) => void {
  let lines: string[] = []
  let dropped = 0
  const flush = (): void => {
    const buffered = (out as { writableLength?: number }).writableLength ?? 0
    if (buffered > MAX_BUFFERED_BYTES) dropped += lines.length
    else {
      const message = `${dropped} lines were dropped because nobody read the log`
      const note = dropped > 0 ? [json ? JSON.stringify({ level: 'warning', message }) : `(${message})`] : []
      dropped = 0
      for (const text of chunks([...note, ...lines])) out.write(text)
    }
    lines = []
  }
  return line => {
    if (lines.push(line) === 1) setImmediate(flush)
  }
}

/** PIPE_BUF of Linux, which a pipe takes atomically: longer writes of several workers would mix within a line. */
const CHUNK_BYTES = 4096

function* chunks(lines: readonly string[]): Generator<string> {
  let chunk = ''
  for (const line of lines) {
    if (chunk !== '' && chunk.length + line.length >= CHUNK_BYTES) {
      yield chunk
      chunk = ''
    }
    chunk += `${line}\n`
  }
  yield chunk
}
