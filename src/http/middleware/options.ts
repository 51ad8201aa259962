// The options of the middlewares.
import type { Authenticator } from '../../auth/authenticator.ts'
import type { AuthenticatorOptions } from '../../auth/authenticator-options.ts'
import type { TokenAuthenticator } from '../../auth/tokens/token-authenticator.ts'
import type { Users } from '../../auth/user-source.ts'
import type { AccessOptions } from './access.ts'
import type { BasicAuthRefusal, CustomResponse } from './refusal.ts'

/**
 * What every middleware takes besides the users, together with `AccessOptions`. `Request` is the request of the framework:
 * for Hono its context.
 */
export interface MiddlewareOptions<Request = unknown> extends AccessOptions {
  /** What the login prompt may show, and the title of a sign-in page. Default: `Restricted`. */
  readonly realm?: string | undefined
  /**
   * Personal access tokens that are accepted: the path of their file, by convention that of the password file with
   * `.tokens` appended, or a `TokenAuthenticator` with the same `Authenticator`. Default: none.
   */
  readonly tokens?: string | TokenAuthenticator | undefined
  /**
   * Paths that need no login, for GET and HEAD; compared exactly with the path of the request, also below a router that is
   * mounted elsewhere. Default: none.
   */
  readonly allowPaths?: readonly string[] | undefined
  /**
   * The client's address, by which failed logins are counted; undefined counts them by user name only. Behind a proxy that
   * is the address which the proxy tells, and never a header that clients can send themselves. Default: what the
   * framework says (`req.ip` of Express and Fastify, which follow their own setting for proxies), else the socket's.
   */
  address?(request: Request): string | undefined
}

/** How `basicAuth` asks for a login; with the options of `MiddlewareOptions`. */
export interface BasicAuthOptions<Request = unknown> extends MiddlewareOptions<Request> {
  /** Appended to the plain text of a 401, which programs get: such as how they send credentials. Default: none. */
  readonly hint?: string | undefined
  /**
   * The response to a request that is refused, in place of the default one or of parts of it; undefined for the default.
   */
  respond?(
    refusal: BasicAuthRefusal,
    request: Request,
  ): CustomResponse | undefined | Promise<CustomResponse | undefined>
}

/** Where the users of a middleware come from: one of three. */
export type BasicAuthUsers =
  /** The path of a password file, which is looked up at each request. */
  | { readonly file: string; readonly users?: undefined; readonly authenticator?: undefined }
  /** Stored hashes in memory, or a function that returns them. */
  | { readonly users: Users; readonly file?: undefined; readonly authenticator?: undefined }
  /** An authenticator that is used elsewhere as well. */
  | { readonly authenticator: Authenticator; readonly file?: undefined; readonly users?: undefined }

/** Users, how a middleware asks for a login, and the limits of its `Authenticator`, in one object. */
export type BasicAuthSetup<Request = unknown> = BasicAuthUsers &
  BasicAuthOptions<Request> &
  AuthenticatorOptions

/** The user whose password was right. */
export interface AuthenticatedUser {
  /** The user name, as text. */
  readonly user: string
  /** The user's groups, of the option `groups`. */
  readonly groups: readonly string[]
}

/** What a middleware keeps open. */
export interface Closable extends AsyncDisposable {
  /** Ends the worker threads of the authenticator that was made here; one that was given stays open. */
  close(): Promise<void>
}
