// Who holds a lock, and whether that process still lives: by its process id where that means something, otherwise by its
// heartbeat.
import { randomUUID } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { HtpasswdError } from '../errors.ts'
import { readStart } from './side-files.ts'

/** The holder sets its lock's timestamp this often; after ten missed ones any holder counts as dead. */
export const HEARTBEAT_MS = 1_000
const DEAD_AFTER_HEARTBEATS = 10
/** A lock without text belongs to a writer that died between creating and writing it, which takes microseconds. */
export const EMPTY_IS_DEAD_AFTER_MS = 500
/** A lock is shorter; a longer one was not written by a writer. */
const MAX_LOCK_BYTES = 1024

/** What a lock file says of the process that holds it. */
export interface Holder {
  readonly pid: number
  readonly host: string
  /** When the process started, in seconds: tells process 1 of a restarted container from its predecessor. */
  readonly started: number
  readonly id: string
  /** Linux: the boot and the PID namespace in which the process id is valid (pid_namespaces(7)). */
  readonly space?: string
}

// computed once: after a change of the clock this process would look like another one
const startedAt = Math.round(Date.now() / 1000 - process.uptime())

/** A process id says something about a process only in the same boot and PID namespace. */
function processSpace(): string | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    // no /proc: only the heartbeat tells whether a holder lives
    return randomUUID()
  }
}

/** This process, as the holder of one lock. */
export function newHolder(): Holder {
  const space = processSpace()
  return {
    pid: process.pid,
    host: hostname(),
    started: startedAt,
    id: randomUUID(),
    ...(space !== undefined && { space }),
  }
}

/** A lock file that was found. */
export interface Found {
  readonly text: string
  readonly holder: Holder | undefined
  readonly modified: number
  /** It has text, which this user may not read (a umask of 077, or the temporary folder). */
  readonly isUnreadable: boolean
}

/** @returns undefined if there is no such file. @throws HtpasswdError `ERR_FILE_ACCESS` for a folder of that name. */
export function readLock(lockPath: string): Found | undefined {
  const start = readStart(lockPath, MAX_LOCK_BYTES)
  if (start === undefined) return undefined
  if (start.stats.isDirectory())
    throw new HtpasswdError('ERR_FILE_ACCESS', `cannot lock: ${lockPath} is a folder; delete it`)
  const text = start.bytes.toString('utf8')
  const isUnreadable = text === '' && start.stats.isFile() && start.stats.size > 0n
  return { text, holder: parseHolder(text), modified: Number(start.stats.mtimeMs), isUnreadable }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Partial<Holder> | null
    const isHolder = Number.isInteger(holder?.pid) && typeof holder?.host === 'string'
    return isHolder ? (holder as Holder) : undefined
  } catch {
    return undefined
  }
}

/** Whether the holder is surely dead. If that cannot be told, only its heartbeat counts. */
export function isDead({ holder, modified, isUnreadable }: Found, me: Holder): boolean {
  if (isUnreadable) return false
  if (holder === undefined) return Date.now() - modified > EMPTY_IS_DEAD_AFTER_MS
  if (holder.host !== me.host || holder.space !== me.space) return false
  if (holder.pid === me.pid) return Math.abs(holder.started - me.started) > 2
  try {
    process.kill(holder.pid, 0)
    return false
  } catch (error) {
    // EPERM: it lives, and belongs to another user
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

/** Whether a holder that cannot be asked (another machine or namespace, a reused process id) still touches its lock. */
export class HeartbeatWatch {
  #modified = 0
  #since = 0

  isStill({ modified }: Found): boolean {
    if (modified !== this.#modified) {
      this.#modified = modified
      this.#since = performance.now()
    }
    return performance.now() - this.#since > HEARTBEAT_MS * DEAD_AFTER_HEARTBEATS
  }
}
