// What the command reads from and writes to, behind one interface that tests can replace.
import { fstatSync, statSync, writeSync } from 'node:fs'
import { decodeMarkedText, isAscii } from '../../bytes.ts'
import { HtpasswdError } from '../../errors.ts'
import { readSome, waitALittle } from './descriptor.ts'
import { printableText, type ResultOutput } from './output.ts'
import type { Terminal } from './terminal.ts'

/** The input and output of one run of the command, except files. */
export interface Io extends ResultOutput {
  /** Standard error: messages and prompts, in which control characters other than newline and tab are made visible. */
  err(text: string): void
  /** Standard error without that filter, for sequences that move the cursor. */
  draw(sequence: string): void
  /**
   * Writes a generated password, which exists nowhere else. @throws HtpasswdError `ERR_OUTPUT` if nobody can receive
   * it.
   */
  deliver(fd: 1 | 2, text: string | Buffer): void
  /** Whether `deliver` can succeed: not on the null device, nor on a closed descriptor. */
  canDeliver(fd: 1 | 2): boolean
  /** All of standard input, or the first `limit` bytes of it. */
  readAll(limit: number): Buffer
  /** The next line of standard input without its newline; undefined at the end of the input. */
  readLine(limit: number): Buffer | undefined
  /** The user's terminal for typing a password; undefined if there is none. */
  openTerminal(): Promise<Terminal | undefined>
  /** The width of the terminal at standard output; undefined if it is not a terminal. */
  readonly columns: number | undefined
  readonly platform: NodeJS.Platform
  /** The command as it was typed, if that is an alias such as `rm`; for the messages of the command. */
  readonly alias?: string
}

/**
 * Writes all of it. Synchronous, because loading process.stdout takes a tenth of the command's start, and its
 * asynchronous writes to some pipes are lost at exit.
 */
function write(fd: 1 | 2, text: string | Buffer): void {
  if (process.platform === 'win32' && writeToConsole(fd, text.toString())) return
  let rest = typeof text === 'string' ? Buffer.from(text) : text
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      waitALittle()
    }
  }
}

/** A Windows console reads bytes in its code page; only Node's stream writes Unicode to it. */
function writeToConsole(fd: 1 | 2, text: string): boolean {
  if (isAscii(text)) return false
  const stream = fd === 1 ? process.stdout : process.stderr
  if (!stream.isTTY) return false
  stream.write(text)
  return true
}

const streams = { 1: 'standard output', 2: 'standard error' } as const
const reasons: Readonly<Record<string, string>> = {
  EPIPE: 'the program that read it has ended',
  EBADF: 'it is closed',
  ENOSPC: 'no space left on the device',
}

function writeOrThrow(fd: 1 | 2, text: string | Buffer): void {
  try {
    write(fd, text)
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    const reason = reasons[code] ?? message
    throw new HtpasswdError('ERR_OUTPUT', `cannot write to ${streams[fd]}: ${reason}`, { cause: error })
  }
}

/** A message that cannot be written is not an error, because the work it reports is done. */
function writeMessage(text: string): void {
  try {
    write(2, text)
  } catch {
    // there is no place left to report it
  }
}

/** At its start Node opens the null device in the place of a closed descriptor, so the two look alike. */
function isNullDevice(fd: 1 | 2): boolean {
  try {
    const stats = fstatSync(fd)
    if (!stats.isCharacterDevice()) return false
    if (process.platform === 'win32') return !isTerminal(fd)
    return stats.rdev === statSync('/dev/null').rdev
  } catch {
    // Windows cannot stat every pipe; a closed one fails at the write
    return process.platform !== 'win32'
  }
}

const isTerminal = (fd: 0 | 1 | 2): boolean => process.getBuiltinModule('node:tty').isatty(fd)

function deliver(fd: 1 | 2, text: string | Buffer): void {
  if (isNullDevice(fd))
    throw new HtpasswdError('ERR_OUTPUT', `cannot write to ${streams[fd]}: it is closed or the null device`)
  writeOrThrow(fd, text)
}

function readInput(into: Buffer): number {
  try {
    return readSome(0, into)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // a closed or missing input counts as empty
    if (code === 'EBADF' || code === 'EIO') return 0
    throw error
  }
}

// bytes that were read beyond the requested line
let pending = Buffer.alloc(0)
let isBegun = false

function fill(): boolean {
  const chunk = readChunk()
  const isText = process.platform === 'win32' && !isBegun
  isBegun = true
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
    // joined once: fill() copies everything before it, which is quadratic for a large import
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
  // PowerShell, and files from Windows, end a line with CRLF
  return line.at(-1) === 13 ? line.subarray(0, -1) : line
}

/** The input and output of this process. */
export const processIo: Io = {
  out: text => writeOrThrow(1, text),
  err: text => writeMessage(printableText(text)),
  draw: writeMessage,
  deliver,
  canDeliver: fd => !isNullDevice(fd),
  readAll,
  readLine,
  // node:tty loads half of node:net, and most runs ask for nothing
  openTerminal: async () => (await import('./terminal.ts')).openTerminal(),
  isTerminal,
  get columns() {
    return isTerminal(1) ? process.stdout.columns : undefined
  },
  platform: process.platform,
  env: process.env,
}
