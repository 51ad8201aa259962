// The cookie of one attempt to sign in with a provider: what the callback is checked against, encrypted, for ten
// minutes.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { KeyRing, type SessionSecrets } from '../sessions/key-ring.ts'
import { cookieName, cookieValues, formatSetCookie } from '../sessions/session-cookie.ts'

/** The state of an attempt. */
export interface Attempt {
  readonly state: string
  readonly nonce: string
  /** The secret half of PKCE (RFC 7636). */
  readonly verifier: string
  /** The page to open after the sign-in. */
  readonly next: string
  /** When it began, in milliseconds since 1970. */
  readonly at: number
}

const LIFE_MILLISECONDS = 600_000
/** Several tabs, but no more cookies than fit into a header. */
const MAX_ATTEMPTS = 3
const IV_BYTES = 12
const TAG_BYTES = 16
const NAME = /(?:^|;)\s*((?:__Host-)?htpasswd-oidc-[A-Za-z0-9_-]{6})=/g

/** Keeps attempts in cookies, so that any replica with the same secret can finish them. */
export class Attempts {
  readonly #keyRing: KeyRing<Buffer>
  readonly #secure: boolean

  /**
   * @param secrets as those of the sessions: the first encrypts, all decrypt.
   * @param secure whether the address that people type is https.
   */
  constructor(secrets: SessionSecrets, secure: boolean) {
    this.#keyRing = new KeyRing(secrets, secret =>
      Buffer.from(hkdfSync('sha256', secret, '', 'htpasswd openid attempt v1', 32)),
    )
    this.#secure = secure
  }

  /**
   * The values of `Set-Cookie` that store a new attempt, and delete the oldest of this browser if there are too many.
   */
  keep(attempt: Attempt, cookies: string | undefined): string[] {
    const name = this.#nameOf(attempt.state)
    const others = this.#all(cookies, attempt.at).sort((a, b) => b.attempt.at - a.attempt.at)
    const dropped = others.slice(MAX_ATTEMPTS - 1)
    const value = encrypt(this.#keyRing.first, name, JSON.stringify(attempt))
    const maxAge = LIFE_MILLISECONDS / 1000
    return [
      formatSetCookie(name, value, { secure: this.#secure, maxAge }),
      ...dropped.map(({ attempt: { state } }) => this.drop(state)),
    ]
  }

  /** The attempt of a state, if this browser began it at most ten minutes ago. */
  find(state: string, cookies: string | undefined, now: number): Attempt | undefined {
    return this.#read(this.#nameOf(state), cookies, now).find(attempt => attempt.state === state)
  }

  /** The value of `Set-Cookie` that deletes an attempt's cookie. */
  drop(state: string): string {
    return formatSetCookie(this.#nameOf(state), '', { secure: this.#secure, maxAge: 0 })
  }

  #nameOf(state: string): string {
    return `${cookieName(this.#secure, '')}-oidc-${state.slice(0, 6)}`
  }

  #all(cookies = '', now: number): { readonly name: string; readonly attempt: Attempt }[] {
    const names = new Set([...cookies.matchAll(NAME)].map(([, name = '']) => name))
    return [...names].flatMap(name => this.#read(name, cookies, now).map(attempt => ({ name, attempt })))
  }

  #read(name: string, cookies: string | undefined, now: number): Attempt[] {
    return cookieValues(cookies, name).flatMap(value => {
      const attempts = this.#keyRing.keys.flatMap(key => decrypt(key, name, value) ?? [])
      return attempts.filter(({ at }) => now - at < LIFE_MILLISECONDS)
    })
  }
}

/** AES-256-GCM; the name is authenticated too, so that one attempt cannot be passed off as another. */
function encrypt(key: Buffer, name: string, text: string): string {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(name))
  const encrypted = [cipher.update(text, 'utf8'), cipher.final()]
  return Buffer.concat([iv, ...encrypted, cipher.getAuthTag()]).toString('base64url')
}

function decrypt(key: Buffer, name: string, value: string): Attempt | undefined {
  const bytes = Buffer.from(value, 'base64url')
  if (bytes.length <= IV_BYTES + TAG_BYTES) return undefined
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  })
  decipher.setAAD(Buffer.from(name)).setAuthTag(bytes.subarray(-TAG_BYTES))
  try {
    const text = [decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]
    return JSON.parse(Buffer.concat(text).toString()) as Attempt
  } catch {
    // of another server or secret, or forged
    return undefined
  }
}
