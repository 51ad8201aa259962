// The options of `createGuard` as types; resolve-options.ts checks them.
import type { RequestListener } from 'node:http'
import type { Server as NetServer } from 'node:net'
import type { AccessPolicy } from '../../access/policy.ts'
import type { GroupLookup } from '../../access/rules.ts'
import type { AuthResult } from '../../auth/auth-result.ts'
import type { AuthContext, Authenticator } from '../../auth/authenticator.ts'
import type { TokenAuthenticator } from '../../auth/tokens/token-authenticator.ts'
import type { LoginOptions, LoginParts } from '../login/options.ts'
import type { Language } from '../pages/texts.ts'
import type { OnStream } from '../proxy/open-streams.ts'
import type { AccessLogEntry } from './access-log.ts'
import type { ProxyName } from './auth-endpoint.ts'

/** The certificate of a guard that serves HTTPS, as PEM text. */
export interface TlsCertificate {
  /** The server's certificate, followed by its chain. */
  readonly cert: string | Buffer
  /** The private key of the server's certificate, without a passphrase. */
  readonly key: string | Buffer
}

/** The options of `createGuard`; `authenticator` and `upstream` or `authEndpoints` are required. */
export interface GuardOptions {
  /** Checks users and passwords. The guard does not dispose of it: do that after `close`. */
  readonly authenticator: Authenticator
  /**
   * The app: its `http:` or `https:` origin, `unix:` and the path of a socket, or a request listener in this process. It may be left out where
   * `authEndpoints` is given: then every other address is 404.
   */
  readonly upstream?: string | URL | RequestListener | undefined
  /** Decides which user may do what; a request that it refuses gets 403. Default: every user may do everything. */
  readonly access?: AccessPolicy | undefined
  /** The groups of users, besides those that a login brings: for `groupsHeader`. Default: none. */
  readonly groups?: GroupLookup | undefined
  /** Verifies personal access tokens. Default: none is accepted. */
  readonly tokens?: TokenAuthenticator | undefined
  /** The realm of the challenge, which a login prompt may show. Default: `Restricted`. */
  readonly realm?: string | undefined
  /** The contact on error pages: a name, an e-mail address, a URL. Default: none. */
  readonly contact?: string | undefined
  /** The language of the pages: `en`, `de` or `fr`. Default: `en`. Programs get English. */
  readonly lang?: Language | undefined
  /**
   * A page to sign in on, with a session cookie, in place of the browser's password dialog; programs go on sending user
   * name and password. Default: none.
   */
  readonly login?: LoginOptions | undefined
  /** Serves HTTPS with this certificate. */
  readonly tls?: TlsCertificate | undefined
  /** Paths that need no login, for GET and HEAD; compared exactly with the request's path. Default: none. */
  readonly allowPaths?: readonly string[] | undefined
  /** Other origins (`https://notebook.example`) whose pages may send requests with a user's login (CORS). Default: none. */
  readonly allowOrigins?: readonly string[] | undefined
  /** The path below which the app is served, such as `/mlflow`; it is removed from the target for the app. Default: none. */
  readonly prefix?: string | undefined
  /** The header in which the app gets the user's name, such as `X-Forwarded-User`. Default: it gets none. */
  readonly userHeader?: string | undefined
  /**
   * The header in which the app gets the user's groups, separated by commas, such as `X-Forwarded-Groups`. Default: it
   * gets none.
   */
  readonly groupsHeader?: string | undefined
  /** Passes `Authorization` on to the app. Default: false, because the app could pass the password on. */
  readonly forwardAuth?: boolean | undefined
  /** Passes the client's `Host` on to the app, instead of the upstream's own. Default: false. */
  readonly preserveHost?: boolean | undefined
  /**
   * Tells the app the public address in `X-Forwarded-Host` and `X-Forwarded-Proto`, for apps that build their links from
   * these, such as Gradio. Default: false; `X-Forwarded-Proto` then fits the `Host` that is sent.
   */
  readonly forwardedHost?: boolean | undefined
  /** Further headers of clients that the app must not get. Default: none beyond those that name a client or user. */
  readonly dropHeaders?: readonly string[] | undefined
  /** Protocols besides `websocket` that a connection may switch to, such as `tcp` for Docker. Default: none. */
  readonly allowUpgrades?: readonly string[] | undefined
  /** Addresses and CIDR blocks of proxies in front, also `loopback`, `private` and `unix` (peers on a Unix socket), whose `X-Forwarded-*` headers are trusted. Default: none. */
  readonly trustProxy?: readonly string[] | undefined
  /**
   * Idle timeout of the app in milliseconds, while it should read a request or send a response; 0 is no limit. The time
   * in which the client is slow does not count. Default: 0.
   */
  readonly upstreamTimeout?: number | undefined
  /**
   * Connections to the app that may be open at a time; further requests wait up to 10 seconds, then get 503. 0 is no
   * limit. Default: 2048.
   */
  readonly maxUpstreamConnections?: number | undefined
  /** Connections without a login that one address may have open at a time; 0 is no limit. Default: 100. */
  readonly maxConnectionsPerAddress?: number | undefined
  /**
   * Proxies in front that ask at `/.htpasswd/auth/NAME` whether they may forward a request: `nginx`, `traefik`, `caddy`,
   * `envoy`, `haproxy`. Only peers of `trustProxy` may ask. Default: none.
   */
  readonly authEndpoints?: readonly ProxyName[] | undefined
  /** Whether `/.htpasswd/ready` also asks if the app accepts connections. Default: false, so that users see the error. */
  readonly readyUpstream?: boolean | undefined
  /** Verifies the JSON Web Tokens of `Authorization: Bearer`. Default: none is accepted. */
  readonly jwt?: { decide(token: string, context: AuthContext): AuthResult | Promise<AuthResult> } | undefined
  /** Called once for each finished request; an error that it throws becomes a process warning. Default: no log. */
  readonly log?: ((entry: AccessLogEntry) => void) | undefined
}

/** Parts that a process or a test replaces. @internal */
export interface GuardParts {
  /** Servers of further addresses, which hand their connections to the guard's own and are closed with it. */
  readonly otherServers?: readonly NetServer[] | undefined
  readonly login?: LoginParts | undefined
  /** Why a load balancer should send no requests, for a reason outside the guard; undefined if it may. */
  readonly findObstacle?: (() => string | undefined) | undefined
  /** Called with the address of each peer that sends X-Forwarded-For and is not in `trustProxy`. */
  readonly onUntrustedProxy?: ((peer: string) => void) | undefined
  /** Called at the start of each request that will be logged. */
  readonly onBegin?: (() => void) | undefined
  /** Called for each event stream and each upgraded connection. */
  readonly onStream?: OnStream | undefined
}
