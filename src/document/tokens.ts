// The lossless text of a token file: one personal access token per line. A damaged line is reported, and only its token
// is refused.
import { asBuffer, type ByteString, decodeSurrogateEscape, encodeSurrogateEscape } from '../bytes.ts'
import { nodeCrypto } from '../platform/node-crypto.ts'

/** The scope of a token: everything that its owner may do, or only reading. */
export type TokenScope = 'all' | 'read'

/** A token as it is stored: everything but its secret. */
export interface TokenRecord {
  /** Eight letters and digits that name the token in lists and logs. */
  readonly id: string
  /** The owner, one Latin-1 character a byte. */
  readonly user: ByteString
  /** SHA-256 of the whole token, in hexadecimal. It has 190 random bits, so it needs no slow hash. */
  readonly digest: string
  /** Seconds since 1970. */
  readonly created: number
  /** Seconds since 1970; undefined for a token that never expires. */
  readonly expires: number | undefined
  readonly scope: TokenScope
  /**
   * Fingerprints of the owner's records to which the token is bound, see `recordFingerprint`. Two while a password is
   * being changed.
   */
  readonly records: readonly string[]
  /** The name given by the owner. */
  readonly name: string
}

/** A line without a usable token. */
export interface TokenProblem {
  /** From 1. */
  readonly line: number
  readonly message: string
}

/**
 * Ties a token to one record of its owner. A user who was deleted and created again, by whatever program, has another
 * salt, so the tokens of the former record do not come back. The id makes equal records look different in the file.
 *
 * @param hash the second field of the owner's record.
 */
export const recordFingerprint = (id: string, hash: string): string =>
  nodeCrypto().hash('sha256', `${id}:${hash}`, 'hex').slice(0, 16)

/** The fields of a line in order, with the description of each for messages. */
const fields = [
  ['the id', /[0-9A-Za-z]{8}/, '8 letters or digits'],
  ['the user', /[^:]{1,255}/, 'a user name'],
  ['the digest', /[0-9a-f]{64}/, '64 hexadecimal digits'],
  ['the time of creation', /\d{1,11}/, 'seconds since 1970'],
  ['the expiry', /\d{1,11}|never/, 'seconds since 1970 or "never"'],
  ['the scope', /all|read/, '"all" or "read"'],
  ['the record', /[0-9a-f]{16}(?:,[0-9a-f]{16})?/, '16 hexadecimal digits, twice with a comma or once'],
  ['the name', /(?:[\w.!~*'()-]|%[0-9A-F]{2})+/, 'percent-encoded text'],
] as const satisfies readonly (readonly [string, RegExp, string])[]

const LINE = new RegExp(`^${fields.map(([, pattern]) => `(${pattern.source})`).join(':')}$`)
/** The byte order mark of UTF-8, one Latin-1 character a byte. */
const BOM = '\xef\xbb\xbf'
const IGNORED = /^\s*(?:#|$)/

/** Undefined for text that is not percent-encoded UTF-8. */
function decodeName(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded)
  } catch {
    return undefined
  }
}

function parseLine(line: string): TokenRecord | string {
  const [, id = '', user, digest = '', created, expires, scope, records = '', encoded = ''] =
    LINE.exec(line) ?? []
  if (user === undefined) return describeDamage(line)
  const name = encoded.includes('%') ? decodeName(encoded) : encoded
  if (name === undefined) return 'the name expected percent-encoded UTF-8'
  return {
    id,
    user: user as ByteString,
    digest,
    created: Number(created),
    expires: expires === 'never' ? undefined : Number(expires),
    scope: scope as TokenScope,
    records: records.split(','),
    name,
  }
}

/** Describes the damage without quoting the line, because somebody may have pasted a token into it. */
function describeDamage(line: string): string {
  const parts = line.split(':')
  if (parts.length !== fields.length) {
    const form = 'id:user:sha256:created:expires:scope:record:name'
    return `expected ${fields.length} fields, ${form}, got ${parts.length}`
  }
  const bad = fields.find(([, pattern], i) => !new RegExp(`^(?:${pattern.source})$`).test(parts[i] ?? ''))
  return bad === undefined ? 'malformed' : `${bad[0]} expected ${bad[2]}`
}

const formatLine = ({ expires, records, name, ...token }: TokenRecord): string =>
  [
    token.id,
    token.user,
    token.digest,
    token.created,
    expires ?? 'never',
    token.scope,
    records.join(','),
    encodeURIComponent(name),
  ].join(':')

interface Line {
  /** The line with its newline, one Latin-1 character a byte; undefined once it was removed. */
  text: string | undefined
  record?: TokenRecord
}

/**
 * A token file: what a change does not touch comes out byte for byte (comments, blank and damaged lines, order, CRLF).
 * Of two lines with one id the first counts.
 */
export class TokensDocument {
  readonly #lines: Line[] = []
  readonly #byId = new Map<string, Line>()
  readonly #problems: TokenProblem[] = []
  #changed = false

  constructor(source: Uint8Array | string = '') {
    const text = typeof source === 'string' ? source : asBuffer(source).toString('latin1')
    let number = 0
    for (let start = 0; start < text.length; ) {
      const feed = text.indexOf('\n', start)
      const end = feed === -1 ? text.length : feed + 1
      this.#take(text.slice(start, end), ++number)
      start = end
    }
  }

  #take(text: string, number: number): void {
    const line: Line = { text }
    this.#lines.push(line)
    const start = number === 1 && text.startsWith(BOM) ? BOM.length : 0
    let end = text.length
    if (text.endsWith('\n')) end -= text.endsWith('\r\n') ? 2 : 1
    const content = text.slice(start, end)
    if (IGNORED.test(content)) return
    const record = parseLine(content)
    if (typeof record === 'string') this.#problems.push({ line: number, message: record })
    else if (this.#byId.has(record.id))
      this.#problems.push({ line: number, message: `the id ${record.id} is that of an earlier line` })
    else {
      line.record = record
      this.#byId.set(record.id, line)
    }
  }

  /** The lines without a usable token. */
  get problems(): readonly TokenProblem[] {
    return this.#problems
  }

  /** The number of tokens. */
  get size(): number {
    return this.#byId.size
  }

  get changed(): boolean {
    return this.#changed
  }

  /** The token with this id. */
  get(id: string): TokenRecord | undefined {
    return this.#byId.get(id)?.record
  }

  /** All tokens, in file order. */
  *tokens(): Generator<TokenRecord> {
    for (const { record } of this.#lines) if (record !== undefined) yield record
  }

  /** Adds a token at the end, or replaces the one with this id in its line. */
  set(record: TokenRecord): void {
    const text = `${formatLine(record)}\n`
    const known = this.#byId.get(record.id)
    if (known !== undefined) {
      const newline = known.text?.endsWith('\r\n') === true ? '\r\n' : '\n'
      Object.assign(known, { text: text.replace('\n', newline), record })
    } else {
      const last = this.#lines.at(-1)
      if (last?.text !== undefined && !last.text.endsWith('\n')) last.text += '\n'
      const line = { text, record }
      this.#lines.push(line)
      this.#byId.set(record.id, line)
    }
    this.#changed = true
  }

  /** Removes the tokens for which `test` is true; returns them. */
  remove(test: (token: TokenRecord) => boolean): TokenRecord[] {
    const removed = [...this.tokens()].filter(test)
    for (const { id } of removed) {
      const line = this.#byId.get(id) as Line
      line.text = undefined
      delete line.record
      this.#byId.delete(id)
      this.#changed = true
    }
    return removed
  }

  toBuffer(): Buffer {
    return Buffer.from(this.#lines.map(({ text }) => text ?? '').join(''), 'latin1')
  }
}

/** The owner as text, and as the bytes in a token file. */
export const ownerText = ({ user }: Pick<TokenRecord, 'user'>): string => decodeSurrogateEscape(user)
export const ownerBytes = (user: string): ByteString => encodeSurrogateEscape(user)
