// Surroundings for the command that keep what it says and answer from given bytes.
import type { Io } from '../../src/cli/terminal/io.ts'
import { printableText } from '../../src/cli/terminal/output.ts'
import type { Terminal } from '../../src/cli/terminal/terminal.ts'

/** What a test gives the command, and what it can look at afterwards. */
export interface RecordedIo extends Io {
  readonly said: { out: string; err: string }
  closed: boolean
}

/** `typed` are the chunks that come from a terminal; without them there is none, and `input` is standard input. */
export function recordedIo({
  input = '' as string | Buffer,
  typed = undefined as readonly (string | Buffer)[] | undefined,
  platform = 'linux' as NodeJS.Platform,
  terminals = [] as readonly number[],
  env = {} as NodeJS.ProcessEnv,
} = {}): RecordedIo {
  let pending = Buffer.from(input as string)
  const chunks = typed?.map(chunk => Buffer.from(chunk as string))
  const io: RecordedIo = {
    said: { out: '', err: '' },
    closed: false,
    out: text => {
      io.said.out += text.toString()
    },
    err: text => {
      io.said.err += printableText(text)
    },
    deliver: (fd, text) => {
      io.said[fd === 1 ? 'out' : 'err'] += text.toString()
    },
    canDeliver: () => true,
    draw: sequence => {
      io.said.err += sequence
    },
    readAll: limit => pending.subarray(0, limit),
    readLine: () => {
      if (pending.length === 0) return undefined
      const end = pending.indexOf(10) < 0 ? pending.length : pending.indexOf(10)
      const line = pending.subarray(0, end)
      pending = pending.subarray(end + 1)
      return line.at(-1) === 13 ? line.subarray(0, -1) : line
    },
    openTerminal: async () => {
      if (chunks === undefined) return undefined
      const terminal: Terminal = {
        read: async () => chunks.shift(),
        close: () => {
          io.closed = true
        },
      }
      return terminal
    },
    isTerminal: fd => terminals.includes(fd),
    columns: undefined,
    platform,
    env,
  }
  return io
}
