// The worker thread's side of offload.ts: computes one hash.
import type { HashJob } from './offload.ts'
import { formats } from './registry.ts'

/** Called by the pool with each job. */
export default function computeJob(job: HashJob): Promise<string | undefined> | string | undefined {
  return formats.find(format => format.id === job.format)?.compute(job.password, job.setting)
}
