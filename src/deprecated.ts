// Public names of the version before, kept for one version.
import type { Identity } from './auth/identity.ts'
import type { ServerName } from './check/servers.ts'

/** @deprecated Since 0.4.0; use `ServerName`. */
export type Target = ServerName

/** @deprecated Since 0.4.0; use `Identity`. */
export type Login = Identity
