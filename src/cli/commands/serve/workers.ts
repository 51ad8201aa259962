// `serve --workers N`: several processes listen on one port, for one event loop cannot fill a machine.
import cluster from 'node:cluster'
import { HtpasswdError } from '../../../errors.ts'
import type { TlsWatch } from './certificate.ts'
import type { Front } from './listener.ts'
import { TERMINATING } from './signals.ts'
import { type Order, type Report, WorkerPlace } from './worker-slot.ts'

/** Whether this process is one of another's workers. */
export const isWorker = (): boolean => cluster.isWorker

/** What workers and the process that started them have in common. */
export interface WorkersOptions {
  readonly count: number
  /** This process's own: each worker reads the files for itself and reports nothing; this process reports once. */
  readonly certificate: TlsWatch | undefined
  readonly say: (text: string) => void
}

/** The front of the process that the user started: it listens through its workers, which run the same command. */
export function openWorkers({ count, certificate, say }: WorkersOptions): Front {
  const places = Array.from({ length: count }, () => new WorkerPlace(() => cluster.fork(), say))
  return {
    listen: async () => {
      const [first, ...others] = places
      // one first: its reason why it cannot listen is told once, and port 0 becomes one port for all
      const port = await (first as WorkerPlace).fill()
      await Promise.all(others.map(place => place.fill()))
      return port
    },
    reload: () => {
      certificate?.reload()
      for (const place of places) place.tell('reload')
    },
    close: async limit => {
      certificate?.[Symbol.dispose]()
      await Promise.all(places.map(place => place.close(limit)))
    },
  }
}

/** A worker's life: listens until it is told to end, or the process that started it is gone. */
export async function runWorker(open: () => Promise<Front>): Promise<void> {
  const report = (message: Report): unknown => process.send?.(message)
  // the terminal's Ctrl-C reaches every process; only the first one decides
  for (const signal of TERMINATING) process.on(signal, () => {})
  try {
    const front = await open()
    const listening = front.listen()
    const ended = new Promise<void>(resolve => {
      // the next order to end may give less time
      const end = (limit: number): void => {
        listening.then(() => front.close(limit)).then(resolve, () => {})
      }
      process.on('message', (order: Order) => {
        if (order === 'reload') front.reload()
        else end(order.close)
      })
      process.once('disconnect', () => end(0))
    })
    report({ listening: await listening })
    await ended
  } catch (error) {
    if (!(error instanceof HtpasswdError)) throw error
    report({ failed: { code: error.code, message: error.message } })
  }
  if (process.connected) process.disconnect()
}
