// `serve --workers N`: several processes share the listening port, because one event loop uses one core.
import type { Serializable } from 'node:child_process'
import cluster, { type Worker } from 'node:cluster'
import { RemoteEndedSessions, type SessionHub } from '../../../../auth/sessions/ended-channel.ts'
import { type AttemptLimiter, Throttle } from '../../../../auth/throttle.ts'
import { RemoteThrottle, ThrottlePeer } from '../../../../auth/throttle-channel.ts'
import { HtpasswdError } from '../../../../errors.ts'
import type { TlsWatch } from '../listen/certificate.ts'
import type { Listener } from '../listen/listener.ts'
import { TERMINATING } from './signals.ts'
import { type WorkerCommand, type WorkerMessage, WorkerSlot } from './worker-slot.ts'

/** Whether this process is a worker. */
export const isWorker = (): boolean => cluster.isWorker

/** The options of the process that starts the workers. */
export interface WorkersOptions {
  readonly count: number
  /** As `--max-failures`: the throttle is in this process, so all workers allow no more attempts than one. */
  readonly maxFailures: number
  /** Replaces the throttle of this process by one that other replicas share. */
  readonly limiter?: AttemptLimiter | undefined
  /** Each worker reads the files for itself; this process reports their changes, once. */
  readonly certificate: TlsWatch | undefined
  /** The session state that the workers share; undefined without a sign-in page. */
  readonly sessions: SessionHub | undefined
  readonly notify: (text: string) => void
}

/** The listener of the process that the user started: its workers, which run the same command. */
export function openWorkers({
  count,
  maxFailures,
  limiter,
  certificate,
  sessions,
  notify,
}: WorkersOptions): Listener {
  const throttle = limiter ?? new Throttle({ maxFailures, now: () => performance.now() })
  let obstacle: string | undefined
  const fork = (): Worker => {
    const worker = share(throttle, sessions, cluster.fork())
    // a replacement has to be told the current state
    worker.on('message', (message: WorkerMessage) => {
      if ('listening' in message && obstacle !== undefined) worker.send({ obstacle }, () => {})
    })
    return worker
  }
  const slots = Array.from({ length: count }, () => new WorkerSlot(fork, notify))
  return {
    listen: async () => {
      const [first, ...others] = slots
      // starts one worker first, so that a failure to listen is reported once, and port 0 becomes the same port for all
      const addresses = await (first as WorkerSlot).start()
      await Promise.all(others.map(slot => slot.start()))
      notify(describeMemory(slots.map(({ memory }) => memory)))
      return addresses
    },
    reload: () => {
      certificate?.reload()
      for (const slot of slots) slot.send('reload')
    },
    snapshots: () => Promise.all(slots.map(slot => slot.snapshot())),
    reopenLog: () => {
      for (const slot of slots) slot.send('reopenLog')
    },
    drain: () => {
      for (const slot of slots) slot.send('drain')
    },
    setObstacle: next => {
      obstacle = next
      for (const slot of slots) slot.send({ obstacle: next ?? null })
    },
    close: async limit => {
      certificate?.[Symbol.dispose]()
      await Promise.all(slots.map(slot => slot.close(limit)))
    },
  }
}

/** The memory of each process, which is what another worker would cost. */
const describeMemory = (workers: readonly number[], own = process.memoryUsage.rss()): string => {
  const megabytes = workers.map(bytes => `${Math.round(bytes / 1e6)} MB`)
  return `${workers.length} workers, in memory: ${megabytes.join(', ')}, and ${Math.round(own / 1e6)} MB of this process`
}

/** Answers the worker's messages to the throttle and the sessions. */
function share(throttle: AttemptLimiter, sessions: SessionHub | undefined, worker: Worker): Worker {
  // the callback takes the error of a process that is just ending
  const send = (message: Serializable): unknown => worker.isConnected() && worker.send(message, () => {})
  const peers = [
    new ThrottlePeer(throttle, send),
    ...(sessions === undefined ? [] : [sessions.connect(send)]),
  ]
  worker.on('message', message => peers.some(peer => peer.receive(message)))
  worker.once('exit', () => {
    for (const peer of peers) peer.close()
  })
  return worker
}

/** Runs a worker: listens until it is told to close, or the process that started it has exited. */
export async function runWorker(
  open: (limiter: AttemptLimiter, sessions: RemoteEndedSessions) => Promise<Listener>,
): Promise<void> {
  const send = (message: WorkerMessage): unknown => process.send?.(message)
  const ask = (request: Serializable): void => {
    if (process.send === undefined || !process.connected)
      throw new Error('the process that counts failed logins has ended')
    process.send(request, undefined, undefined, () => {})
  }
  const limiter = new RemoteThrottle(ask)
  const sessions = new RemoteEndedSessions(Date.now, ask)
  process.on('message', message => {
    if (!limiter.receive(message)) sessions.receive(message)
  })
  // the terminal sends Ctrl-C to every process of the group; only the first process acts on it
  for (const signal of TERMINATING) process.on(signal, () => {})
  try {
    const listener = await open(limiter, sessions)
    const listening = listener.listen()
    const closed = new Promise<void>(resolve => {
      // a second command to close may set a shorter limit
      const close = (limit: number): void => {
        listening.then(() => listener.close(limit)).then(resolve, () => {})
      }
      process.on('message', (command: WorkerCommand) => {
        if (command === 'reload' || command === 'drain' || command === 'reopenLog') listener[command]()
        else if (command === 'snapshot')
          void listener.snapshots().then(([snapshot = {}]) => send({ snapshot }))
        else if ('close' in command) close(command.close)
        else if ('obstacle' in command) listener.setObstacle(command.obstacle ?? undefined)
      })
      process.once('disconnect', () => close(0))
    })
    send({ listening: await listening, memory: process.memoryUsage.rss() })
    await closed
  } catch (error) {
    if (!(error instanceof HtpasswdError)) throw error
    send({ failed: { code: error.code, message: error.message } })
  }
  if (process.connected) process.disconnect()
}
