// The terminal of the prompts: echo is off while it is open, and always restored when it is closed.
import { openSync } from 'node:fs'
import { isatty, ReadStream } from 'node:tty'

/** A terminal that delivers characters as they are typed. */
export interface Terminal {
  /** The next bytes; undefined after a signal that asks to end. */
  read(): Promise<Buffer | undefined>
  /** Restores the terminal. */
  close(): void
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGQUIT'] as const

/** The user's terminal, even if standard input is something else, as in getpass(3); undefined without one. */
export function openTerminal(): Terminal | undefined {
  const input = process.platform === 'win32' ? standardInput() : controllingTerminal()
  if (input === undefined) return undefined
  // raw mode: no echo, and Ctrl-C comes as a character
  input.setRawMode(true)
  const chunks = input[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  let interrupt = (): void => {}
  const interrupted = new Promise<undefined>(resolve => {
    interrupt = () => resolve(undefined)
  })
  // the shell turns echo on while a command is stopped; libuv sets a mode only if it is another one
  const resume = (): void => {
    input.setRawMode(false)
    input.setRawMode(true)
  }
  const hangUp = (): void => {
    input.setRawMode(false)
    endByHangup()
  }
  for (const signal of SIGNALS) process.on(signal, interrupt)
  process.on('SIGCONT', resume)
  process.on('SIGHUP', hangUp)
  // a terminal that is gone refuses setRawMode with this event
  input.on('error', () => {})
  let isClosed = false
  const next = async (): Promise<Buffer | undefined> => {
    const chunk = await chunks.next().then(
      ({ value, done }) => (done ? undefined : value),
      () => undefined,
    )
    // in raw mode Ctrl-D is a character, so the end of the input means that the terminal is gone
    if (chunk === undefined && !isClosed && process.platform !== 'win32') endByHangup()
    return chunk
  }
  return {
    read: () => Promise.race([interrupted, next()]),
    close: () => {
      isClosed = true
      for (const signal of SIGNALS) process.off(signal, interrupt)
      process.off('SIGCONT', resume)
      process.off('SIGHUP', hangUp)
      input.setRawMode(false)
      input.destroy()
    },
  }
}

/**
 * Ends the process by SIGHUP, as a program does that ignores none. Before v24.3 Node aborts at a normal exit if it cannot
 * restore its terminal (nodejs/node pull request 58200), and the core dump would hold what was typed.
 */
function endByHangup(): void {
  process.removeAllListeners('SIGHUP')
  process.kill(process.pid, 'SIGHUP')
}

const standardInput = (): ReadStream | undefined => (isatty(0) ? new ReadStream(0) : undefined)

function controllingTerminal(): ReadStream | undefined {
  try {
    return new ReadStream(openSync('/dev/tty', 'r+'))
  } catch {
    return standardInput()
  }
}
