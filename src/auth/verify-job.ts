// The check of one password, as verify-pool.ts has it done in a thread or does itself.
import { HtpasswdError } from '../errors.ts'
import { type VerifyOptions, verifyPassword } from '../hash/registry.ts'

/** One check, as it crosses to the thread. */
export interface VerifyJob {
  readonly password: Uint8Array
  readonly storedHash: string
  readonly options: VerifyOptions
}

/** Right, wrong, or a record that asks for more work than the options allow: the answer, for errors lose their code. */
export type VerifyAnswer = boolean | 'beyond-limits'

/** Answers a job. */
export async function answerVerifyJob({ password, storedHash, options }: VerifyJob): Promise<VerifyAnswer> {
  try {
    return await verifyPassword(password, storedHash, options)
  } catch (error) {
    if (error instanceof HtpasswdError && error.code === 'ERR_HASH_LIMIT') return 'beyond-limits'
    throw error
  }
}
