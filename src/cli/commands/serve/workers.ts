// `serve --workers N`: several processes share the listening port, because one event loop uses one core.
import cluster from 'node:cluster'
import { HtpasswdError } from '../../../errors.ts'
import type { TlsWatch } from './certificate.ts'
import type { Listener } from './listener.ts'
import { TERMINATING } from './signals.ts'
import { type WorkerCommand, type WorkerMessage, WorkerSlot } from './worker-slot.ts'

/** Whether this process is one of another's workers. */
export const isWorker = (): boolean => cluster.isWorker

/** What the process that starts the workers needs. */
export interface WorkersOptions {
  readonly count: number
  /** Each worker reads the files for itself; this process reports their changes, once. */
  readonly certificate: TlsWatch | undefined
  readonly notify: (text: string) => void
}

/** The listener of the process that the user started: its workers, which run the same command. */
export function openWorkers({ count, certificate, notify }: WorkersOptions): Listener {
  const slots = Array.from({ length: count }, () => new WorkerSlot(() => cluster.fork(), notify))
  return {
    listen: async () => {
      const [first, ...others] = slots
      // one first: why it cannot listen is reported once, and port 0 becomes one port for all
      const port = await (first as WorkerSlot).start()
      await Promise.all(others.map(slot => slot.start()))
      return port
    },
    reload: () => {
      certificate?.reload()
      for (const slot of slots) slot.send('reload')
    },
    close: async limit => {
      certificate?.[Symbol.dispose]()
      await Promise.all(slots.map(slot => slot.close(limit)))
    },
  }
}

/** Runs a worker: listens until it is told to close, or the process that started it has exited. */
export async function runWorker(open: () => Promise<Listener>): Promise<void> {
  const send = (message: WorkerMessage): unknown => process.send?.(message)
  // the terminal sends Ctrl-C to every process of the group; only the first process acts on it
  for (const signal of TERMINATING) process.on(signal, () => {})
  try {
    const listener = await open()
    const listening = listener.listen()
    const closed = new Promise<void>(resolve => {
      // a second command to close may set a shorter limit
      const close = (limit: number): void => {
        listening.then(() => listener.close(limit)).then(resolve, () => {})
      }
      process.on('message', (command: WorkerCommand) => {
        if (command === 'reload') listener.reload()
        else close(command.close)
      })
      process.once('disconnect', () => close(0))
    })
    send({ listening: await listening })
    await closed
  } catch (error) {
    if (!(error instanceof HtpasswdError)) throw error
    send({ failed: { code: error.code, message: error.message } })
  }
  if (process.connected) process.disconnect()
}
