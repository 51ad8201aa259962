// `serve --workers N`: several processes listen on one port, for one event loop cannot fill a machine.
import cluster, { type Worker } from 'node:cluster'
import { type ErrorCode, HtpasswdError } from '../errors.ts'
import type { Front } from './serve-front.ts'
import { TERMINATING } from './serve-signals.ts'
import type { ServeUsers } from './serve-users.ts'

/** What a worker tells: that it listens, or why it cannot. */
type Report = { readonly listening: number } | { readonly failed: { code: ErrorCode; message: string } }
/** What it is told. */
type Order = 'reload' | { readonly close: number }

/** Whether this process is one of another's workers. */
export const isWorker = (): boolean => cluster.isWorker

/** How often the process that the user started looks at the password file, to say what became of a change. */
const LOOK_MS = 1000

/**
 * The front of the process that the user started: it listens through its workers, which run the same command. Each of
 * them reads the password file for itself and says nothing; `users` are this process's own, which speaks for all.
 */
export function openWorkers(count: number, users: ServeUsers, say: (text: string) => void): Front {
  let closing = false
  const start = (): Promise<number> => {
    const worker = cluster.fork()
    worker.on('error', () => {})
    return new Promise((resolve, reject) => {
      let listens = false
      worker.on('message', (report: Report) => {
        listens = 'listening' in report
        if ('listening' in report) resolve(report.listening)
        else reject(new HtpasswdError(report.failed.code, report.failed.message))
      })
      worker.once('exit', (status, signal) => {
        const how = signal ? `signal ${signal}` : `exit status ${status}`
        if (!listens) reject(new HtpasswdError('ERR_LISTEN', `a worker ended with ${how} before it listened`))
        else if (!closing) {
          say(`warning: a worker ended with ${how}; another one takes its place`)
          start().catch((error: Error) => say(`warning: no worker could take its place: ${error.message}`))
        }
      })
    })
  }
  const tell = (order: Order): void => {
    // one that is just ending needs no order
    for (const worker of workers()) if (worker.isConnected()) worker.send(order, () => {})
  }
  const look = setInterval(() => users.look(), LOOK_MS).unref()
  return {
    listen: async () => {
      // one first: its reason why it cannot listen is told once, and port 0 becomes one port for all
      const port = await start()
      await Promise.all(Array.from({ length: count - 1 }, start))
      return port
    },
    reload: () => {
      users.reload()
      tell('reload')
    },
    close: async limit => {
      closing = true
      clearInterval(look)
      const gone = workers().map(worker => new Promise(resolve => worker.once('exit', resolve)))
      tell({ close: limit })
      await Promise.all(gone)
    },
  }
}

const workers = (): Worker[] => Object.values(cluster.workers ?? {}).filter(worker => worker !== undefined)

/** A worker's life: listens until it is told to end, or the process that started it is gone. */
export async function runWorker(open: () => Front): Promise<void> {
  const report = (message: Report): unknown => process.send?.(message)
  // the terminal's Ctrl-C reaches every process; only the first one decides
  for (const signal of TERMINATING) process.on(signal, () => {})
  try {
    const front = open()
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
