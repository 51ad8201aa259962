// The worker thread of offload.ts: computes hashes.

import { answerJobs } from './answer-jobs.ts'
import type { HashJob } from './offload.ts'
import { formats } from './registry.ts'

answerJobs(({ format: id, password, setting }: HashJob) =>
  formats.find(format => format.id === id)?.compute(password, setting),
)
