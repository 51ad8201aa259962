// Public names of the version before, kept for one version.
import type { Identity } from './auth/identity.ts'
import type { ServerName } from './check/servers.ts'

/**
 * The name of a server that reads password files.
 *
 * @deprecated Since 0.4.0; use `ServerName`.
 */
export type Target = ServerName

/**
 * The sender of a request, whose credentials were verified.
 *
 * @deprecated Since 0.4.0; use `Identity`.
 */
export type Login = Identity
