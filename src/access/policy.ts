// May they: the question that every kind of credentials has to pass, and the shape of its answer.
import type { Identity } from '../auth/identity.ts'

/** The answer, with the rule that gave it. */
export type AccessDecision =
  | { readonly allowed: true; readonly rule?: string | undefined }
  | {
      readonly allowed: false
      /** The rule that refused; undefined where no rule matched. */
      readonly rule?: string | undefined
      /** Why, in a sentence for the person who asked. */
      readonly reason: string
    }

/** The part of an identity that is judged. */
export type Sender = Pick<Identity, 'user' | 'groups' | 'scope'>

/** Decides which user may do what. It is pure: the same question has the same answer until the rules change. */
export interface AccessPolicy {
  /** @param path the path as the app gets it: exactly these bytes, without query and prefix. */
  decide(identity: Pick<Identity, 'user' | 'groups' | 'scope'>, method: string, path: string): AccessDecision
}

/** Where there are no rules: everything is allowed, except that credentials of scope `read` are for GET and HEAD. */
export const withoutRules: AccessPolicy = {
  decide: ({ scope }, method) =>
    scope === 'all' || method === 'GET' || method === 'HEAD'
      ? ALLOWED
      : { allowed: false, reason: `These credentials are for reading only, not for ${method}.` },
}

const ALLOWED: AccessDecision = { allowed: true }
