// The worker thread of offload.ts: computes hashes.
import type { HashJob } from './offload.ts'
import { formats } from './registry.ts'
import { answerJobs } from './thread.ts'

answerJobs(({ format: id, password, setting }: HashJob) =>
  formats.find(format => format.id === id)?.compute(password, setting),
)
