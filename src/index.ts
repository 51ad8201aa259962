// The public API: named re-exports only.
export type { AuthResult, Credentials, Login, RefusalReason } from './auth/auth-result.ts'
export { type AuthContext, Authenticator } from './auth/authenticator.ts'
export type { AuthenticatorOptions } from './auth/authenticator-options.ts'
export type { UserLookup, UserSource } from './auth/user-source.ts'
export { type CheckOptions, checkDocument } from './document/check-document.ts'
export { describeUsers, type UserDescription } from './document/describe-users.ts'
export { HtpasswdDocument, parseHtpasswd } from './document/document.ts'
export { type Change, type Fix, fixDocument } from './document/fix-document.ts'
export type { ConflictPolicy, ImportedUser } from './document/import-plan.ts'
export { type ImportOptions, type ImportReport, importUsers } from './document/import-users.ts'
export type { Problem, ProblemCode } from './document/problem.ts'
export { type Support, supports } from './document/supports.ts'
export type { Target } from './document/targets.ts'
export { type ErrorCode, HtpasswdError } from './errors.ts'
export type { HashDescription, HashState } from './hash/describe.ts'
export type { FormatInfo, Strength } from './hash/format.ts'
export { type GenerateOptions, generatePassword } from './hash/generate-password.ts'
export {
  type FormatId,
  type HashInfo,
  type HashOptions,
  hashPassword,
  identify,
  needsRehash,
  type VerifyOptions,
  verifyPassword,
} from './hash/registry.ts'
export { type AccessLogEntry, type AccessLogFormat, formatAccessLogEntry } from './http/access-log.ts'
export {
  type AuthenticatedRequest,
  type AuthenticatedUser,
  type BasicAuthOptions,
  basicAuth,
} from './http/basic-auth.ts'
export { formatChallenge } from './http/challenge.ts'
export { parseCredentials } from './http/credentials.ts'
export { fastifyBasicAuth } from './http/fastify-basic-auth.ts'
export { type FetchAuthResult, fetchBasicAuth } from './http/fetch-basic-auth.ts'
export { createGuard, type Guard } from './http/guard.ts'
export type { GuardOptions, TlsCertificate } from './http/guard-options.ts'
export { HtpasswdFile } from './store/htpasswd-file.ts'
export type { UpdateOptions } from './store/update.ts'
export type { WatchOptions } from './store/watch.ts'
