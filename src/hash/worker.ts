// The worker thread's side of offload.ts: computes one hash.
import { formats } from './registry.ts'

/** One hash to compute, as it crosses to the thread. */
export interface HashJob {
  readonly format: string
  readonly password: Uint8Array
  readonly setting: string
}

/** Called by the pool with each job. */
export default function computeJob(job: HashJob): Promise<string | undefined> | string | undefined {
  return formats.find(format => format.id === job.format)?.compute(job.password, job.setting)
}
