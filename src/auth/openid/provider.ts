// An identity provider: its discovery document and its signing keys, fetched when needed and kept while it is down.
import type { JSONWebKeySet } from 'jose'
import { HtpasswdError } from '../../errors.ts'

/** The fields of a discovery document that are used (OpenID Connect Discovery 1.0 section 3). */
export interface ProviderMetadata {
  readonly issuer: string
  readonly jwks_uri: string
  readonly [name: string]: unknown
}

/** The options of a provider. */
export interface ProviderOptions {
  /** The clock, in milliseconds. */
  readonly now?: () => number
  /** `fetch`, or one of a test. */
  readonly fetch?: typeof fetch
}

const REQUEST_MILLISECONDS = 5000
const MAX_DOCUMENT_BYTES = 1024 * 1024
/** Keys are fetched again after this time, so that a key that the provider withdrew is not trusted for ever. */
export const KEYS_FRESH_MILLISECONDS = 600_000
/** The least time between two fetches because of an unknown key id, which anybody can send. */
const KEYS_COOLDOWN_MILLISECONDS = 30_000
const FIRST_RETRY_MILLISECONDS = 1000
const LONGEST_RETRY_MILLISECONDS = 60_000

/**
 * One provider. Nothing is fetched before it is needed. If a fetch fails, it is tried again after pauses that double,
 * and the previous document stays in use.
 */
export class Provider {
  readonly issuer: string
  readonly #now: () => number
  readonly #fetch: typeof fetch
  #metadata: Fetched<ProviderMetadata>
  #keys: Fetched<JSONWebKeySet>

  /** @throws HtpasswdError `ERR_OPTION` for an issuer that is no HTTPS URL; HTTP is accepted on this machine only. */
  constructor(issuer: string, { now = Date.now, fetch: get = fetch }: ProviderOptions = {}) {
    this.issuer = checkIssuer(issuer)
    this.#now = now
    this.#fetch = get
    this.#metadata = new Fetched(() => this.#fetchMetadata(), this.#now)
    this.#keys = new Fetched(() => this.#fetchKeys(), this.#now)
  }

  /** Whether the last attempt to fetch the discovery document failed. */
  get isDown(): boolean {
    return this.#metadata.hasFailed
  }

  /**
   * The discovery document.
   *
   * @param maxAge milliseconds; an older one is fetched again, and stays in use where that fails. Default: no limit.
   * @throws HtpasswdError `ERR_PROVIDER` where there is none yet, with the reason of the last attempt.
   */
  metadata(maxAge: number = Number.POSITIVE_INFINITY): Promise<ProviderMetadata> {
    return this.#metadata.get(maxAge)
  }

  /**
   * The keys with which the provider signs.
   *
   * @param isUnknown whether a key was asked for that the keys in use do not have: they are fetched again, but not more
   *   often than every 30 seconds.
   * @throws HtpasswdError `ERR_PROVIDER` where there are none yet.
   */
  keys(isUnknown = false): Promise<JSONWebKeySet> {
    return this.#keys.get(isUnknown ? KEYS_COOLDOWN_MILLISECONDS : KEYS_FRESH_MILLISECONDS)
  }

  async #fetchMetadata(): Promise<ProviderMetadata> {
    // section 4: a slash at the end of the issuer is removed before the path is added
    const url = `${this.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
    const document = (await this.#fetchJson(url)) as Partial<ProviderMetadata>
    // section 4.3: the issuers must be the same, or another provider could pose as this one
    if (document.issuer !== this.issuer) {
      throw failure(
        `${url} names the issuer ${JSON.stringify(document.issuer)}, expected ${JSON.stringify(this.issuer)}`,
      )
    }
    if (typeof document.jwks_uri !== 'string') throw failure(`${url} names no jwks_uri`)
    return document as ProviderMetadata
  }

  async #fetchKeys(): Promise<JSONWebKeySet> {
    const { jwks_uri: url } = await this.metadata()
    const document = (await this.#fetchJson(url)) as Partial<JSONWebKeySet>
    if (!Array.isArray(document.keys)) throw failure(`${url} is no JSON Web Key Set`)
    return document as JSONWebKeySet
  }

  async #fetchJson(url: string): Promise<object> {
    try {
      const response = await this.#fetch(url, {
        headers: { accept: 'application/json' },
        redirect: 'error',
        signal: AbortSignal.timeout(REQUEST_MILLISECONDS),
      })
      if (!response.ok) throw new Error(`status ${response.status}`)
      const parsed: unknown = JSON.parse(await readText(response))
      if (typeof parsed !== 'object' || parsed === null) throw new Error('it is no JSON object')
      return parsed
    } catch (error) {
      throw failure(`${url} cannot be read: ${reasonOf(error)}`, error)
    }
  }
}

/** @throws Error for more than 1 MB, without reading it to its end. */
async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length
    if (length > MAX_DOCUMENT_BYTES) throw new Error('it is longer than 1 MB')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

/** One document: fetched once at a time, kept when a fetch fails, and not requested again before a pause is over. */
class Fetched<T> {
  readonly #load: () => Promise<T>
  readonly #now: () => number
  #value: { readonly at: number; readonly content: T } | undefined
  #pending: Promise<T> | undefined
  #failure: { readonly until: number; readonly error: unknown } | undefined
  #pause = FIRST_RETRY_MILLISECONDS

  constructor(load: () => Promise<T>, now: () => number) {
    this.#load = load
    this.#now = now
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined
  }

  /** @param maxAge an older document is fetched again; if that fails, the old one stays in use. */
  async get(maxAge: number): Promise<T> {
    const before = this.#value
    if (before !== undefined && this.#now() - before.at < maxAge) return before.content
    if (this.#failure !== undefined && this.#now() < this.#failure.until) {
      if (before !== undefined) return before.content
      throw this.#failure.error
    }
    this.#pending ??= this.#reload().finally(() => {
      this.#pending = undefined
    })
    try {
      return await this.#pending
    } catch (error) {
      if (before !== undefined) return before.content
      throw error
    }
  }

  async #reload(): Promise<T> {
    try {
      const content = await this.#load()
      this.#value = { at: this.#now(), content }
      this.#failure = undefined
      this.#pause = FIRST_RETRY_MILLISECONDS
      return content
    } catch (error) {
      this.#failure = { until: this.#now() + this.#pause, error }
      this.#pause = Math.min(this.#pause * 2, LONGEST_RETRY_MILLISECONDS)
      throw error
    }
  }
}

const failure = (message: string, cause?: unknown): HtpasswdError =>
  new HtpasswdError('ERR_PROVIDER', message, { cause })

/** `fetch` hides the reason in its cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error
  const { code, message: inner } = (cause ?? {}) as NodeJS.ErrnoException
  return code ?? inner ?? message
}

/** @throws HtpasswdError `ERR_OPTION`. */
function checkIssuer(issuer: string): string {
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined
  const isLocal = url !== undefined && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname)
  const isUsable =
    url !== undefined &&
    (url.protocol === 'https:' || (url.protocol === 'http:' && isLocal)) &&
    url.search === '' &&
    url.hash === '' &&
    url.username === ''
  if (isUsable) return issuer
  throw new HtpasswdError(
    'ERR_OPTION',
    `expected the HTTPS address of an issuer such as https://id.example, got ${JSON.stringify(issuer)}`,
  )
}
