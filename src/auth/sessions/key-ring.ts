// Keys derived from the secrets of the sessions, derived again when the secrets change while the process runs.
import { HtpasswdError } from '../../errors.ts'

const MIN_SECRET = 32

/** At least 32 characters each: the first signs, the others are accepted. A function returns the current ones. */
export type SessionSecrets = readonly string[] | (() => readonly string[])

/** @throws HtpasswdError `ERR_OPTION` for a secret that is too short, and if there is none. */
function checkSecrets(secrets: readonly string[]): void {
  if (secrets.length === 0 || secrets.some(secret => secret.length < MIN_SECRET))
    throw new HtpasswdError('ERR_OPTION', `a session secret expected at least ${MIN_SECRET} characters`)
}

/** The current keys; the first one signs. */
export class KeyRing<Key> {
  readonly #secrets: () => readonly string[]
  readonly #derive: (secret: string) => Key
  #derivedFrom: readonly string[]
  #keys: readonly Key[]

  /** @throws HtpasswdError `ERR_OPTION` for a secret that is too short, and if there is none. */
  constructor(secrets: SessionSecrets, derive: (secret: string) => Key) {
    this.#secrets = typeof secrets === 'function' ? secrets : () => secrets
    this.#derive = derive
    this.#derivedFrom = this.#secrets()
    checkSecrets(this.#derivedFrom)
    this.#keys = this.#derivedFrom.map(derive)
  }

  /** The same array as long as the secrets are the same. */
  get keys(): readonly Key[] {
    const secrets = this.#secrets()
    if (secrets !== this.#derivedFrom) {
      checkSecrets(secrets)
      this.#derivedFrom = secrets
      this.#keys = secrets.map(this.#derive)
    }
    return this.#keys
  }

  /** The key that signs. */
  get first(): Key {
    return this.keys[0] as Key
  }
}
