// The real terminal behind the prompts: echo off while it is open, as before when it is closed, whatever ends the wait.
import { openSync } from 'node:fs'
import { isatty, ReadStream } from 'node:tty'

/** A terminal that hands over what is typed as it is typed. */
export interface Terminal {
  /** The next bytes; undefined where the terminal was closed or a signal came. */
  read(): Promise<Buffer | undefined>
  /** Restores the terminal. */
  close(): void
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const

/** The user's terminal, even where standard input is something else, as getpass(3) does; undefined without one. */
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
  for (const signal of SIGNALS) process.on(signal, interrupt)
  return {
    read: () =>
      Promise.race([interrupted, chunks.next().then(({ value, done }) => (done ? undefined : value))]).catch(
        () => undefined,
      ),
    close: () => {
      for (const signal of SIGNALS) process.off(signal, interrupt)
      input.setRawMode(false)
      input.destroy()
    },
  }
}

const standardInput = (): ReadStream | undefined => (isatty(0) ? new ReadStream(0) : undefined)

function controllingTerminal(): ReadStream | undefined {
  try {
    return new ReadStream(openSync('/dev/tty', 'r+'))
  } catch {
    return standardInput()
  }
}
