// Who sent a request: finds its credentials and has them verified. The kinds have a fixed order, and invalid
// credentials of one kind never fall through to the next kind.
import { type AuthResult, type Credentials, refuse } from '../../auth/auth-result.ts'
import type { AuthContext } from '../../auth/authenticator.ts'
import { existingUser } from '../../auth/stored-user.ts'
import { TOKEN_PREFIX } from '../../auth/tokens/token.ts'
import type { UserSource } from '../../auth/user-source.ts'
import type { ByteString } from '../../bytes.ts'
import { parseCredentials } from '../basic/credentials.ts'
import type { ClientFacts } from './client-address.ts'
import type { CredentialsHeader, RequestFacts, RequestHead } from './request.ts'
import { isPlainPath, type Route } from './route.ts'

/** A promise only if something has to be hashed or fetched. */
type Answer = AuthResult | Promise<AuthResult>

/** The verifier of each kind of credentials. A kind without one is not accepted. */
export interface Verifiers {
  /** User name and password: an `Authenticator`. */
  readonly authenticator: {
    decide(credentials: Credentials<ByteString> | undefined, context: AuthContext): Answer
    /** The users, to find the name of a failed login for the access log. */
    readonly source?: UserSource
  }
  /** Personal access tokens. */
  readonly tokens?: TokenVerifier | undefined
  /** JSON Web Tokens of an identity provider. */
  readonly jwt?: { decide(token: string, context: AuthContext): Answer } | undefined
  /** Session cookies. */
  readonly sessions?:
    | {
        /** Undefined if the request has no cookie of this guard. */
        decide(cookies: string, client: ClientFacts): AuthResult | undefined
      }
    | undefined
}

/** Verifies personal access tokens. */
interface TokenVerifier {
  /** Whether the text has the form of a token, its checksum included. */
  isToken(text: string): boolean
  /** @param owner the user that the request names; undefined where it names none. */
  decide(token: string, owner: ByteString | undefined, context: AuthContext): Answer
}

/** The sender of a request, and the header with the credentials; undefined for a cookie or none. */
interface Identified {
  readonly result: Answer
  readonly header: CredentialsHeader | undefined
}

/** Finds out who sent a request. */
export type Identify = (request: RequestHead, facts: RequestFacts, route: Route) => Identified

// credentials = "Bearer" 1*SP b64token   (RFC 6750 section 2.1; the scheme in any case)
const BEARER = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i

/** Makes the function that verifies the value of an `Authorization` field, of whatever scheme; undefined if there is none. */
export function createVerify({
  authenticator,
  tokens,
  jwt,
}: Verifiers): (value: string | undefined, context: AuthContext) => Answer {
  const bearer = (token: string, context: AuthContext): Answer => {
    if (tokens !== undefined && token.startsWith(TOKEN_PREFIX))
      return tokens.decide(token, undefined, context)
    // a JSON Web Token has two dots (RFC 7515 section 3.1), a personal access token none
    if (jwt !== undefined && token.includes('.')) return jwt.decide(token, context)
    return refuse('missing')
  }

  return (value, context) => {
    const token = tokens === undefined && jwt === undefined ? undefined : BEARER.exec(value ?? '')?.[1]
    if (token !== undefined) return bearer(token, context)
    const credentials = parseCredentials(value)
    if (credentials !== undefined && tokens?.isToken(credentials.password))
      return tokens.decide(credentials.password, credentials.username, context)
    return authenticator.decide(credentials, context)
  }
}

/** The existing user that the value of an `Authorization` field names, whatever else it contains. */
export function namedUser({ authenticator }: Verifiers, value: string | undefined): string | undefined {
  const credentials = parseCredentials(value)
  return credentials && authenticator.source && existingUser(authenticator.source, credentials.username)
}

/** Makes the function that finds out who sent a request. */
export function createIdentify(verifiers: Verifiers): Identify {
  const { sessions } = verifiers
  const verify = createVerify(verifiers)
  return (request, { client }, route) => {
    const { headers } = request
    const header = credentialsHeaderOf(request, route)
    const value = headers[header] as string | undefined
    if (value === undefined && sessions !== undefined && headers.cookie !== undefined) {
      const result = sessions.decide(headers.cookie, client)
      if (result !== undefined) return { result, header: undefined }
    }
    return { result: verify(value, { address: client.address }), header }
  }
}

/**
 * The header with the credentials. On MLflow's gateway `Authorization` may hold the key of a model provider instead. A
 * path that an app could resolve to another one does not count as the gateway's.
 */
function credentialsHeaderOf({ headers }: RequestHead, route: Route): CredentialsHeader {
  const gateway =
    typeof route === 'object' &&
    'path' in route &&
    route.path.startsWith('/gateway/') &&
    isPlainPath(route.path)
  return gateway && headers['x-mlflow-authorization'] !== undefined
    ? 'x-mlflow-authorization'
    : 'authorization'
}
