// The content of a session cookie, and its encoding. It contains no secret, and is not used before its MAC was
// verified.
import { type ByteString, fromByteString, toByteString } from '../../bytes.ts'

/** What an identity provider said about a user; undefined for a user who typed a password. */
export interface ProviderClaims {
  /** `sub`: the provider's own identifier of the user. */
  readonly subject: string
  /** `sid`: the provider's session, which its logout message names; empty if it gave none. */
  readonly session: string
  readonly groups: readonly string[]
}

/** One session. */
export interface SessionData {
  /** 128 random bits as base64url: stays the same when the cookie is issued again. */
  readonly id: string
  /** The user's name as the password file has it. */
  readonly username: ByteString
  /** When the user signed in, in milliseconds since 1970; the absolute lifetime counts from here. */
  readonly signedInAt: number
  /** When this cookie was issued; the idle lifetime counts from here. */
  readonly issuedAt: number
  /** Whether the browser keeps the cookie when it is closed. */
  readonly staysSignedIn: boolean
  readonly provider?: ProviderClaims | undefined
}

const ID_BYTES = 16
const HEAD_BYTES = 1 + ID_BYTES + 6 + 6
const STAYS = 1
const PROVIDER = 2

/**
 * The bytes: flags, id, both times (48 bits each), then the user name and the provider's claims, each after one byte with
 * its length.
 */
export function encodeSession(data: SessionData): Buffer {
  const { id, username, signedInAt, issuedAt, staysSignedIn, provider } = data
  const head = Buffer.alloc(HEAD_BYTES)
  head[0] = (staysSignedIn ? STAYS : 0) | (provider === undefined ? 0 : PROVIDER)
  head.write(id, 1, ID_BYTES, 'base64url')
  head.writeUIntBE(signedInAt, 1 + ID_BYTES, 6)
  head.writeUIntBE(issuedAt, 1 + ID_BYTES + 6, 6)
  const claims = provider === undefined ? [] : [provider.subject, provider.session, ...provider.groups]
  const fields = [fromByteString(username), ...claims.map(claim => Buffer.from(claim))]
  return Buffer.concat([head, ...fields.flatMap(field => [Buffer.of(field.length), field])])
}

/** The inverse; undefined for bytes of another form. */
export function decodeSession(bytes: Buffer): SessionData | undefined {
  const flags = bytes[0] ?? 0
  if (bytes.length <= HEAD_BYTES || flags > (STAYS | PROVIDER)) return undefined
  const fields: Buffer[] = []
  for (let at = HEAD_BYTES; at < bytes.length; ) {
    const end = at + 1 + (bytes[at] as number)
    if (end > bytes.length) return undefined
    fields.push(bytes.subarray(at + 1, end))
    at = end
  }
  const [username, subject, session, ...groups] = fields
  const hasProvider = (flags & PROVIDER) !== 0
  if (username === undefined || (subject !== undefined) !== hasProvider) return undefined
  if (hasProvider && session === undefined) return undefined
  return {
    id: bytes.toString('base64url', 1, 1 + ID_BYTES),
    username: toByteString(username),
    signedInAt: bytes.readUIntBE(1 + ID_BYTES, 6),
    issuedAt: bytes.readUIntBE(1 + ID_BYTES + 6, 6),
    staysSignedIn: (flags & STAYS) !== 0,
    ...(hasProvider && {
      provider: { subject: String(subject), session: String(session), groups: groups.map(String) },
    }),
  }
}
