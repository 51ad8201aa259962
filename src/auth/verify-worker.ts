// The worker thread of verify-pool.ts: checks passwords.
import { setPriority } from 'node:os'
import { platform } from 'node:process'
import { answerJobs } from '../hash/answer-jobs.ts'
import { answerVerifyJob } from './verify-job.ts'

// On Linux a priority belongs to the thread: a login storm gives way to the event loop, even on a single core.
// Elsewhere it would be the whole process's.
if (platform === 'linux') {
  try {
    setPriority(10)
  } catch {
    // a sandbox may forbid it; then the threads are equals
  }
}

answerJobs(answerVerifyJob)
