// The options of a sign-in page, checked and with their defaults.
import { randomBytes } from 'node:crypto'
import type { EndedSessions } from '../../auth/sessions/ended-sessions.ts'
import type { SessionSecrets } from '../../auth/sessions/key-ring.ts'
import { Sessions } from '../../auth/sessions/sessions.ts'
import { lookUpNow } from '../../auth/stored-user.ts'
import type { UserSource } from '../../auth/user-source.ts'
import type { ByteString } from '../../bytes.ts'
import { HtpasswdError, rejectUnknownKeys } from '../../errors.ts'
import type { ClientFacts } from '../guard/client-address.ts'
import type { Endpoint } from '../guard/endpoints.ts'
import type { Verifiers } from '../guard/identify.ts'
import type { PageLook } from '../pages/parts.ts'
import { accountStore } from './account-store.ts'
import { loginEndpoints } from './endpoints.ts'
import { type ExternalSignIn, type Login, scopeOf } from './login.ts'
import { createUnauthenticatedResponses, type UnauthenticatedResponder } from './unauthenticated.ts'

/** A sign-in page in place of the browser's password dialog. */
export interface LoginOptions {
  /** The password file, in which people may change their password; without it they cannot. */
  readonly file?: string | undefined
  /**
   * What signs the session cookies, at least 32 characters; of several the first signs, and the others are still
   * accepted. Processes that share it and the users share the sessions. Default: random, so sessions end with the process.
   */
  readonly secret?: string | readonly string[] | undefined
  /** How long a session lasts without a request, in milliseconds. Default: 43200000, 12 hours. */
  readonly idleMilliseconds?: number | undefined
  /** How long a session lasts in any case, in milliseconds. Default: 604800000, 7 days. */
  readonly maxMilliseconds?: number | undefined
  /** A paragraph on the sign-in page. */
  readonly text?: string | undefined
  /** The public address (`https://ml.example`), if TLS ends in front of this server. */
  readonly publicUrl?: string | URL | undefined
  /** Called with the reason when a password could not be saved. */
  readonly onError?: ((error: unknown) => void) | undefined
}

/** Parts that a process or a test replaces. @internal */
export interface LoginParts {
  /** Replaces the option `secret`. */
  readonly secrets?: SessionSecrets | undefined
  readonly ended?: EndedSessions | undefined
  readonly generationOf?: ((username: ByteString) => string | undefined) | undefined
  /** An identity provider with which people can sign in as well. Default: none. */
  readonly external?: ExternalSignIn | undefined
  readonly now?: (() => number) | undefined
}

/** The parts of a sign-in page that the guard uses. @internal */
export interface ResolvedLogin {
  readonly sessions: NonNullable<Verifiers['sessions']>
  readonly endpoints: readonly Endpoint[]
  readonly unauthenticated: UnauthenticatedResponder
}

/** Further options of the guard that the sign-in page depends on. @internal */
interface Surroundings {
  readonly authenticator: Login['authenticator'] & { readonly source: UserSource }
  readonly look: Omit<PageLook, 'loginText'>
  readonly groupsOf: Login['groupsOf']
  /** The file of the tokens that are accepted; undefined without tokens, and if they are not in a file. */
  readonly tokensPath: string | undefined
}

/** The names of all options. */
export const loginOptionNames = [
  'file',
  'secret',
  'idleMilliseconds',
  'maxMilliseconds',
  'text',
  'publicUrl',
  'onError',
] as const satisfies readonly (keyof LoginOptions)[]

/** @throws HtpasswdError `ERR_OPTION` for an unknown option or an invalid value. @internal */
export function resolveLogin(
  options: LoginOptions,
  { authenticator, look: common, groupsOf, tokensPath }: Surroundings,
  parts: LoginParts = {},
): ResolvedLogin {
  rejectUnknownKeys('LoginOptions', options, loginOptionNames)
  const { file, secret = randomBytes(32).toString('base64url'), text, onError = () => {} } = options
  const { source } = authenticator
  const { now = Date.now } = parts
  const look: PageLook = { ...common, loginText: text }
  const sessions = new Sessions({
    source,
    secrets: parts.secrets ?? [secret].flat(),
    idleMilliseconds: options.idleMilliseconds,
    maxMilliseconds: options.maxMilliseconds,
    prefix: look.prefix,
    generationOf: parts.generationOf,
    providerBinding: parts.external?.bindingOf,
    ended: parts.ended,
    now,
  })
  const login: Login = {
    sessions,
    authenticator,
    look,
    publicUrl: checkPublicUrl(options.publicUrl),
    store: file === undefined ? undefined : accountStore(file, tokensPath),
    external: parts.external,
    storedHashOf: username => lookUpNow(source, username),
    groupsOf,
    onError,
    now,
  }
  return {
    sessions: {
      decide: (cookies: string, client: ClientFacts) => sessions.decide(cookies, scopeOf(login, client)),
    },
    endpoints: [...loginEndpoints(login), ...(parts.external?.endpoints(login) ?? [])],
    unauthenticated: createUnauthenticatedResponses(look),
  }
}

/** @throws HtpasswdError `ERR_OPTION` for anything but an http or https origin. */
function checkPublicUrl(given: string | URL | undefined): URL | undefined {
  if (given === undefined) return undefined
  const url = URL.canParse(String(given)) ? new URL(given) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '')
    return url
  throw new HtpasswdError(
    'ERR_OPTION',
    `"publicUrl" expected an address such as https://ml.example, got ${JSON.stringify(String(given))}`,
  )
}
