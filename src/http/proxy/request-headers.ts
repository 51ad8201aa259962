// The headers that go up to the app: the client's, without what is not its to say, with the guard's own.
import type { ByteString } from '../../bytes.ts'
import { connectionOptions, hopByHop } from './hop-by-hop.ts'
import { isDisguised, isIdentityHeader } from './identity-headers.ts'

/** How a guard writes upstream headers; fixed for its life. */
export interface RequestHeaderOptions {
  /** The upstream's authority, sent as Host. */
  readonly upstreamHost: string
  /** The upstream's origin, sent as Origin for the app's own pages. */
  readonly upstreamOrigin: string
  readonly preserveHost: boolean
  readonly forwardAuth: boolean
  readonly userHeader: string | undefined
}

/** What is known of one request. */
export interface RequestHeaderFacts {
  readonly rawHeaders: readonly string[]
  readonly connection: string | undefined
  readonly host: string
  readonly address: string
  /** `http` or `https`, as the client came. */
  readonly scheme: string
  /** Whether Origin is the app's own or an allowed one. */
  readonly trustedOrigin: boolean
  /** The name's bytes, where somebody logged in. */
  readonly username: ByteString | undefined
  /** Whether the login came in `X-MLflow-Authorization`: then `Authorization` is the app's, such as a provider's key. */
  readonly separateLogin: boolean
}

type Rule = 'keep' | 'drop' | 'origin' | 'authorization' | 'x-mlflow-authorization'

// what the guard itself reads or writes; a second spelling of these must not reach the app beside the first
const meaningful: ReadonlySet<string> = new Set([
  ...hopByHop,
  'authorization',
  'content-length',
  'cookie',
  'host',
  'origin',
])

// clients use a few dozen names; a hostile one shall not fill the memory with more
const MAX_REMEMBERED_NAMES = 1000

/**
 * Makes the function that writes a request's upstream headers, as a flat list of names and values.
 *
 * Host, X-Forwarded-For, X-Forwarded-Proto and the user are the guard's own; of the client's it drops hop-by-hop headers
 * and those that `Connection` names, identities in any spelling, and mends Origin and Authorization.
 */
export function createRequestHeaders(options: RequestHeaderOptions) {
  const { upstreamHost, upstreamOrigin, preserveHost, forwardAuth } = options
  const userHeader = options.userHeader?.toLowerCase().replace(/[_.]/g, '-')
  const upstreamScheme = upstreamOrigin.slice(0, upstreamOrigin.indexOf(':'))
  const rules = new Map<string, Rule>()

  const findRule = (name: string): Rule => {
    const lower = name.toLowerCase()
    if (
      lower === 'host' ||
      lower === 'content-length' ||
      hopByHop.has(lower) ||
      isDisguised(lower, meaningful)
    )
      return 'drop'
    if (lower === 'x-mlflow-authorization' && forwardAuth) return lower
    if (isIdentityHeader(lower, userHeader)) return 'drop'
    return lower === 'origin' || lower === 'authorization' ? lower : 'keep'
  }

  const ruleOf = (name: string): Rule => {
    let rule = rules.get(name)
    if (rule === undefined) {
      rule = findRule(name)
      if (rules.size < MAX_REMEMBERED_NAMES) rules.set(name, rule)
    }
    return rule
  }

  return (facts: RequestHeaderFacts): string[] => {
    const { rawHeaders } = facts
    const listed = connectionOptions(facts.connection)
    // The guard's own come first: servers drop what is beyond their limit of headers (Node beyond 2000), and a client
    // could push the last ones out.
    const headers = ['Host', preserveHost && facts.host !== '' ? facts.host : upstreamHost]
    // One line, the guard's: uvicorn believes the last of several, and MLflow's Assistant opens to "127.0.0.1".
    headers.push('X-Forwarded-For', facts.address)
    // It has to fit the Host that is sent, else apps build addresses such as https://127.0.0.1:5000.
    headers.push('X-Forwarded-Proto', preserveHost ? facts.scheme : upstreamScheme)
    if (options.userHeader !== undefined && facts.username !== undefined) {
      headers.push(options.userHeader, facts.username)
    }
    for (let i = 0; i < rawHeaders.length; i += 2) {
      const name = rawHeaders[i] as string
      const value = rawHeaders[i + 1] as string
      const rule = ruleOf(name)
      if (rule === 'drop' || listed?.has(name.toLowerCase())) continue
      // by default the password stays here: an app could hand it on, as MLflow's gateway did (mlflow issue 25108)
      if (rule === 'authorization' && !forwardAuth && !facts.separateLogin) continue
      // MLflow takes only loopback origins for its own pages; only an origin that was checked may be called that
      if (rule === 'origin' && facts.trustedOrigin && !preserveHost) headers.push(name, upstreamOrigin)
      else headers.push(name, value)
    }
    return headers
  }
}
