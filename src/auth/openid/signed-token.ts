// What every token of a provider must be before anything in it counts: signed by one of its keys, with nothing unusual.
import {
  createLocalJWKSet,
  decodeProtectedHeader,
  errors,
  type JSONWebKeySet,
  type JWTHeaderParameters,
  type JWTPayload,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose'
import type { Provider } from './provider.ts'

/** Asymmetric ones only: with HS256 the public key would be the secret (RFC 8725 section 2.1). */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
]
/** What a header may have. `jku`, `x5u`, `jwk` … name a key of the sender's choice, `crit` and `zip` change the rules. */
const HEADER_FIELDS = new Set(['alg', 'kid', 'typ', 'x5t', 'x5t#S256', 'cty'])
const MAX_BYTES = 16 * 1024

/** By how much clocks may differ. */
export const TOLERANCE_SECONDS = 60

/** A token that is not accepted, with the reason for the log. */
export class Refusal extends Error {}

/**
 * What can be seen without any cryptography: a token of another kind costs nothing (CVE-2022-36083, CVE-2024-28176).
 *
 * @param types the values of `typ` that are accepted, in upper case; undefined for none.
 * @throws Refusal
 */
export function checkHeader(token: string, types: ReadonlySet<string | undefined>): void {
  if (token.length > MAX_BYTES) throw new Refusal('the token is longer than 16 KB')
  if (token.split('.').length !== 3) throw new Refusal('the token is encrypted or no JSON Web Token')
  const header: Partial<JWTHeaderParameters> = decodeProtectedHeader(token)
  const unexpected = Object.keys(header).find(name => !HEADER_FIELDS.has(name))
  if (unexpected !== undefined) throw new Refusal(`the header parameter "${unexpected}" is not accepted`)
  if (!ALGORITHMS.includes(String(header.alg)))
    throw new Refusal(`the algorithm ${JSON.stringify(header.alg)} is not accepted`)
  if (!types.has(header.typ?.toUpperCase()))
    throw new Refusal(`the type ${JSON.stringify(header.typ)} is not accepted`)
}

/** Verifies the signature and what `options` name. @throws Error with the reason. */
export async function verifySigned(
  token: string,
  provider: Provider,
  options: Omit<JWTVerifyOptions, 'issuer' | 'algorithms' | 'clockTolerance'>,
): Promise<JWTPayload> {
  const complete = {
    ...options,
    issuer: provider.issuer,
    algorithms: ALGORITHMS,
    clockTolerance: TOLERANCE_SECONDS,
  }
  try {
    return (await jwtVerify(token, keySetOf(await provider.keys()), complete)).payload
  } catch (error) {
    // the provider may have begun to sign with a new key
    if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
    return (await jwtVerify(token, keySetOf(await provider.keys(true)), complete)).payload
  }
}

const keySets = new WeakMap<JSONWebKeySet, ReturnType<typeof createLocalJWKSet>>()

/** Made once for each document: it copies the document and imports keys, and anybody can send tokens. */
function keySetOf(document: JSONWebKeySet): ReturnType<typeof createLocalJWKSet> {
  const known = keySets.get(document) ?? createLocalJWKSet(document)
  keySets.set(document, known)
  return known
}
