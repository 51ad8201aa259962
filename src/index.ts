// The public API: named re-exports only.
export { HtpasswdDocument, parseHtpasswd } from './document/document.ts'
export type { Problem, ProblemCode } from './document/problems.ts'
export { type ErrorCode, HtpasswdError } from './errors.ts'
export type { FormatInfo, Strength } from './hash/format.ts'
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
export { HtpasswdFile } from './store/htpasswd-file.ts'
export type { UpdateOptions } from './store/update.ts'
export type { WatchOptions } from './store/watch.ts'
