// Authorization: the question that every kind of credentials has to pass, and the shape of the answer.
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
  /** What a request does, for log and metrics: `read`, `write`, `use` or `admin`. Default: it is not told. */
  classOf?(method: string, path: string): string
}
