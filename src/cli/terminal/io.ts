// What the command reads from and writes to, behind one interface, so that tests can stand in for a terminal.
import { writeSync } from 'node:fs'
import { decodeMarkedText, isAscii } from '../../bytes.ts'
import { readSome, waitALittle } from './descriptor.ts'
import { printableText, type ResultOutput } from './output.ts'
import type { Terminal } from './terminal.ts'

/** The surroundings of one run of the command. */
export interface Io extends ResultOutput {
  /** Standard error: messages and prompts, in which control characters other than newline are made visible. */
  err(text: string): void
  /** Standard error as it is: what moves the cursor of a terminal. */
  draw(sequence: string): void
  /** All of standard input, or the first `limit` bytes of it. */
  readAll(limit: number): Buffer
  /** The next line of standard input without its end; undefined where the input ended before. */
  readLine(limit: number): Buffer | undefined
  /** The user's terminal, to type a password on; undefined where there is none. */
  openTerminal(): Promise<Terminal | undefined>
  /** The width of the terminal that standard output is; undefined if it is none. */
  readonly columns: number | undefined
  readonly platform: NodeJS.Platform
}

/** Synchronous writes: process.stdout would cost a tenth of the start, and lose its end on some pipes at exit. */
function write(fd: 1 | 2, text: string | Buffer): void {
  if (process.platform === 'win32' && writeToConsole(fd, text.toString())) return
  let rest = typeof text === 'string' ? Buffer.from(text) : text
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      // a reader that has gone, as in `htpasswd -n … | head -0`, wants no more
      if (code === 'EPIPE' || code === 'EBADF') return
      if (code !== 'EAGAIN') throw error
      waitALittle()
    }
  }
}

/** A console of Windows takes bytes for letters of its code page; only Node's stream writes letters as such. */
function writeToConsole(fd: 1 | 2, text: string): boolean {
  if (isAscii(text)) return false
  const stream = fd === 1 ? process.stdout : process.stderr
  if (!stream.isTTY) return false
  stream.write(text)
  return true
}

function readInput(into: Buffer): number {
  try {
    return readSome(0, into)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // a closed or missing input has nothing to give
    if (code === 'EBADF' || code === 'EIO') return 0
    throw error
  }
}

// what was read behind the line that was asked for
let pending = Buffer.alloc(0)
let begun = false

function fill(): boolean {
  const chunk = readChunk()
  const isText = process.platform === 'win32' && !begun
  begun = true
  pending = Buffer.concat([pending, isText ? decodeMarkedText(chunk, readRest) : chunk])
  return chunk.length > 0
}

function readChunk(): Buffer {
  const chunk = Buffer.allocUnsafe(4096)
  return chunk.subarray(0, readInput(chunk))
}

function readRest(): Buffer {
  const chunks: Buffer[] = []
  for (let chunk = readChunk(); chunk.length > 0; chunk = readChunk()) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function readAll(limit: number): Buffer {
  if (pending.length < limit && fill()) {
    // joined once: fill() copies all that came before, which a large import would feel
    const chunks: Buffer[] = [pending]
    for (let length = pending.length; length < limit; length += chunks.at(-1)?.length ?? 0) {
      const chunk = readChunk()
      if (chunk.length === 0) break
      chunks.push(chunk)
    }
    pending = Buffer.concat(chunks)
  }
  return pending.subarray(0, limit)
}

function readLine(limit: number): Buffer | undefined {
  while (pending.indexOf(10) < 0 && pending.length < limit && fill());
  if (pending.length === 0) return undefined
  const lineFeed = pending.indexOf(10)
  const line = lineFeed < 0 ? pending : pending.subarray(0, lineFeed)
  pending = pending.subarray(line.length + 1)
  // PowerShell and files from Windows end a line with both
  return line.at(-1) === 13 ? line.subarray(0, -1) : line
}

/** The real one. */
export const processIo: Io = {
  out: text => write(1, text),
  err: text => write(2, printableText(text)),
  draw: sequence => write(2, sequence),
  readAll,
  readLine,
  // node:tty brings half of node:net, and most runs ask for nothing
  openTerminal: async () => (await import('./terminal.ts')).openTerminal(),
  isTerminal: fd => process.getBuiltinModule('node:tty').isatty(fd),
  get columns() {
    return this.isTerminal(1) ? process.stdout.columns : undefined
  },
  platform: process.platform,
  env: process.env,
}
