// Maps the claims of a provider to a user here: one function for ID tokens and for JSON Web Tokens of programs.
import { type ByteString, toByteString } from '../../bytes.ts'
import { isServiceAccount } from '../../hash/service-account.ts'
import type { MemorySource } from '../user-source.ts'

/** The claims of a token whose signature, issuer, audience and times were verified. */
export type Claims = Readonly<Record<string, unknown>>

/** Who is allowed: `group:lab`, `domain:example.com`, `user:ann@example.com`. */
export type AllowRule = `group:${string}` | `domain:${string}` | `user:${string}`

/** The mapping of claims to a user. */
export interface ClaimMapping {
  /** The claim with the user's name. Default: `email`, which counts only if `email_verified` is true. */
  readonly userClaim?: string | undefined
  /** The claim with the user's groups. Default: none. */
  readonly groupsClaim?: string | undefined
  /** `file`: the name must be a user of the password file; `any`: a rule of `allow` must fit. Default: `file`. */
  readonly users?: 'file' | 'any' | undefined
  readonly allow?: readonly AllowRule[] | undefined
}

/** A user, or a sentence on why there is none. */
export type MappedUser =
  | {
      readonly user: string
      readonly username: ByteString
      readonly groups: readonly string[]
      /** The stored line's hash with `file`; undefined with `any`. */
      readonly storedHash: string | undefined
    }
  | { readonly refused: string }

/** The record of a user without a password. */
const NO_PASSWORD = '*'
const MAX_GROUPS = 1000

/** Maps claims to a user of `source`. */
export function mapClaims(claims: Claims, mapping: ClaimMapping, source: MemorySource): MappedUser {
  const { userClaim = 'email', users = 'file' } = mapping
  const name = claims[userClaim]
  if (
    typeof name !== 'string' ||
    name === '' ||
    Buffer.byteLength(name) > 255 ||
    /[\u0000-\u001f\u007f:]/.test(name)
  )
    return { refused: `the claim "${userClaim}" is missing or cannot be a user name` }
  if (userClaim === 'email') {
    // Google and others let people enter any address; only a verified one is theirs (GHSA-c5c4-8r6x-56w3: exactly one @)
    if (claims.email_verified !== true) return { refused: `the e-mail address ${name} is not verified` }
    if (!/^[^@\s]+@[^@\s]+$/.test(name)) return { refused: `${JSON.stringify(name)} is no e-mail address` }
  }
  const groups = groupsIn(claims, mapping.groupsClaim)
  const storedHash = source.get(name) ?? undefined
  // somebody at the provider may be called "admin", and is not the admin who has a password here
  if (userClaim !== 'email' && storedHash !== undefined && !isServiceAccount(storedHash)) {
    return {
      refused:
        `${name} has a password here, and the claim "${userClaim}" does not prove to be the same person; ` +
        `let the line be ${name}:${NO_PASSWORD}, or use the claim "email"`,
    }
  }
  const found = { user: name, username: toByteString(name), groups }
  if (users === 'file') {
    return storedHash === undefined
      ? { refused: `${name} is no user of the password file` }
      : { ...found, storedHash }
  }
  return (mapping.allow ?? []).some(rule => fits(rule, name, groups))
    ? { ...found, storedHash: undefined }
    : { refused: `${name} is not among those who are allowed` }
}

function groupsIn(claims: Claims, claim: string | undefined): string[] {
  const value = claim === undefined ? [] : claims[claim]
  const list = typeof value === 'string' ? value.split(' ') : Array.isArray(value) ? value : []
  return list
    .filter(
      (group): group is string => typeof group === 'string' && /^[^\s,\u0000-\u001f\u007f]+$/.test(group),
    )
    .slice(0, MAX_GROUPS)
}

function fits(rule: AllowRule, name: string, groups: readonly string[]): boolean {
  const colon = rule.indexOf(':')
  const value = rule.slice(colon + 1)
  switch (rule.slice(0, colon)) {
    case 'user':
      return name === value
    case 'group':
      return groups.includes(value)
    default: {
      // the domain is what follows the one @; a name without it has none
      const [, domain, ...more] = name.split('@')
      return more.length === 0 && domain !== undefined && domain.toLowerCase() === value.toLowerCase()
    }
  }
}
