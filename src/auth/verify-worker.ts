// The worker thread's side of verify-pool.ts: checks one password.
import { setPriority } from 'node:os'
import { platform } from 'node:process'
import { isMainThread } from 'node:worker_threads'
import { HtpasswdError } from '../errors.ts'
import { type VerifyOptions, verifyPassword } from '../hash/registry.ts'

/** One check, as it crosses to the thread. */
export interface VerifyJob {
  readonly password: Uint8Array
  readonly storedHash: string
  readonly options: VerifyOptions
}

// On Linux a priority belongs to the thread: a login storm gives way to the event loop, even on a single core.
// Elsewhere it would be the whole process's.
if (platform === 'linux' && !isMainThread) {
  try {
    setPriority(10)
  } catch {
    // a sandbox may forbid it; then the threads are equals
  }
}

/** Right, wrong, or a record that asks for more work than the options allow: the answer, for errors lose their code. */
export type VerifyAnswer = boolean | 'beyond-limits'

/** Called by the pool with each job, and by the pool itself for what takes no time. */
export default async function verifyJob({ password, storedHash, options }: VerifyJob): Promise<VerifyAnswer> {
  try {
    return await verifyPassword(password, storedHash, options)
  } catch (error) {
    if (error instanceof HtpasswdError && error.code === 'ERR_HASH_LIMIT') return 'beyond-limits'
    throw error
  }
}
