// The public API: named re-exports only.

export type { AccessDecision, AccessPolicy } from './access/policy.ts'
export { createRules, type GroupLookup, type RulesOptions } from './access/rules.ts'
export type { AuthResult, Credentials, RefusalReason } from './auth/auth-result.ts'
export { type AuthContext, Authenticator } from './auth/authenticator.ts'
export type { AuthenticatorOptions } from './auth/authenticator-options.ts'
export type { CredentialKind, Identity } from './auth/identity.ts'
export { TokenAuthenticator, type TokenOptions } from './auth/tokens/token-authenticator.ts'
export type { StoredHashOf, UserLookup, UserSource, Users } from './auth/user-source.ts'
export type { ByteString } from './bytes.ts'
export { type CheckOptions, checkDocument } from './check/check-document.ts'
export { describeUsers, type UserDescription } from './check/describe-users.ts'
export { type Change, type Fix, fixDocument } from './check/fix-document.ts'
export type { Problem, ProblemCode } from './check/problem.ts'
export type { ServerName } from './check/servers.ts'
export { type Support, supports } from './check/supports.ts'
export type { Login, Target } from './deprecated.ts'
export { HtpasswdDocument, parseHtpasswd } from './document/document.ts'
export { Groups, parseGroups } from './document/groups.ts'
export { type ErrorCode, HtpasswdError } from './errors.ts'
export type { HashDescription, HashState } from './hash/describe.ts'
export type { FormatInfo, Strength } from './hash/format.ts'
export { type GenerateOptions, generatePassword } from './hash/generate-password.ts'
export { hashPassword, needsRehash, verifyPassword } from './hash/hash-password.ts'
export type { HashOptions, VerifyOptions } from './hash/options.ts'
export { type FormatId, type HashInfo, identify } from './hash/registry.ts'
export { formatChallenge } from './http/basic/challenge.ts'
export { parseCredentials } from './http/basic/credentials.ts'
export { type AccessLogEntry, type AccessLogFormat, formatAccessLogEntry } from './http/guard/access-log.ts'
export type { ProxyName } from './http/guard/auth-endpoint.ts'
export { createGuard, type Guard } from './http/guard/guard.ts'
export type { GuardOptions, TlsCertificate } from './http/guard/options.ts'
export type { LoginOptions } from './http/login/options.ts'
export type { AccessOptions } from './http/middleware/access.ts'
export {
  type AuthenticatedRequest,
  type BasicAuthMiddleware,
  basicAuth,
  type NodeRequest,
} from './http/middleware/basic-auth.ts'
export { type FastifyAuthHook, fastifyBasicAuth } from './http/middleware/fastify-hook.ts'
export { type FetchAuthCheck, type FetchAuthResult, fetchBasicAuth } from './http/middleware/fetch.ts'
export type {
  AuthenticatedUser,
  BasicAuthOptions,
  BasicAuthSetup,
  BasicAuthUsers,
  Closable,
  MiddlewareOptions,
} from './http/middleware/options.ts'
export type { BasicAuthRefusal, CustomResponse } from './http/middleware/refusal.ts'
export {
  type SessionAuthMiddleware,
  type SessionAuthOptions,
  type SessionRequest,
  sessionAuth,
} from './http/middleware/session-auth.ts'
export { type ImportOptions, type ImportReport, importUsers } from './import/import-users.ts'
export type { ConflictPolicy, ImportedUser } from './import/plan.ts'
export { HtpasswdFile } from './store/htpasswd-file.ts'
export type { UpdateOptions } from './store/rewrite.ts'
export type { WatchOptions } from './store/watch.ts'
