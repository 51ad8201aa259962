// The public API: named re-exports only.
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
