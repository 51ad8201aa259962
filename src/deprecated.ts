// Public names of the version before, kept for one version.
import type { ServerName } from './check/servers.ts'

/** @deprecated Since 0.4.0; use `ServerName`. */
export type Target = ServerName
