// The worker thread of pool.ts: computes hashes, one after the other.
import { setPriority } from 'node:os'
import { platform } from 'node:process'
import { parentPort } from 'node:worker_threads'
import type { HashJob, WorkerMessage } from './pool.ts'
import { formats } from './registry.ts'

// On Linux a priority belongs to the thread, so many hashes at once give way to the event loop, even on one core.
// Elsewhere it would be the priority of the whole process.
if (platform === 'linux') {
  try {
    setPriority(10)
  } catch {
    // a sandbox may forbid it; the threads then have the same priority
  }
}

async function answer({ format: id, password, setting }: HashJob): Promise<WorkerMessage> {
  try {
    return { hash: await formats.find(format => format.id === id)?.compute(password, setting) }
  } catch (error) {
    return { error }
  }
}

parentPort?.on('message', async (job: HashJob) => parentPort?.postMessage(await answer(job)))
