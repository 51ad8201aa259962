// The kinds of problems that a password file can have, and what to do about each.

/** What to do about a kind of problem. */
interface Advice {
  /** A command or a sentence; FILE and USER stand for the names. */
  readonly fix: string
  /** Harmless: reported, but not counted as a problem. */
  readonly isNote?: true
}

const FIX_FILE = 'htpasswd fix FILE'
/** Sets a new password; a server may need another format. */
export const SET_PASSWORD = 'htpasswd passwd FILE USER'

/** By the public codes. */
export const advice = {
  utf16: { fix: FIX_FILE },
  bom: { fix: FIX_FILE },
  cr: { fix: FIX_FILE },
  crlf: { fix: FIX_FILE, isNote: true },
  'mixed-newlines': { fix: FIX_FILE },
  'no-final-newline': { fix: FIX_FILE },
  'malformed-line': { fix: 'delete the line, put a # in front of it, or complete it to user:hash' },
  'long-line': { fix: 'shorten the line to 254 bytes; split a comment into several lines' },
  whitespace: { fix: FIX_FILE },
  username: { fix: 'give the user another name' },
  'duplicate-user': { fix: FIX_FILE },
  'empty-hash': { fix: SET_PASSWORD },
  'service-account': { fix: 'give it a token: htpasswd token add FILE USER --name NAME', isNote: true },
  'locked-hash': { fix: `set a password to unlock it: ${SET_PASSWORD}`, isNote: true },
  'escaped-dollars': { fix: FIX_FILE },
  'malformed-hash': { fix: SET_PASSWORD },
  'unknown-hash': { fix: SET_PASSWORD },
  plaintext: { fix: SET_PASSWORD },
  'broken-hash': { fix: SET_PASSWORD },
  'weak-hash': { fix: SET_PASSWORD },
  mode: { fix: 'chmod go-w FILE' },
  'cannot-log-in': { fix: SET_PASSWORD },
  'digest-file': { fix: 'name a password file; htpasswd does not change files of htdigest' },
  'group-file': { fix: 'name a password file; groups are changed with: htpasswd group' },
  'no-users': { fix: 'htpasswd add FILE USER', isNote: true },
  'file-refused': { fix: 'correct or delete the line' },
} as const satisfies Record<string, Advice>

/** The stable name of a problem. */
export type ProblemCode = keyof typeof advice

/** The kinds of problems that `fixDocument` repairs. */
export const fixable: ReadonlySet<ProblemCode> = new Set(
  (Object.keys(advice) as ProblemCode[]).filter(code => advice[code].fix === FIX_FILE),
)

/** One finding in a file. */
export interface Problem {
  /** Which kind of problem it is. */
  readonly code: ProblemCode
  /** Its line, from 1; 0 for the whole file. */
  readonly line: number
  /** The user of the line, if it has one. */
  readonly user?: string
  /** `note` for what is harmless. */
  readonly severity: 'problem' | 'note'
  /** What it means, for people; never contains a hash. */
  readonly message: string
  /** What to do about it; FILE and USER stand for the names. */
  readonly fix: string
  /** @deprecated Since 0.4.0, the same as `fix`. */
  readonly mend: string
}

/** A finding, with the advice of its kind unless it has its own. */
export function problem(
  code: ProblemCode,
  { line, user }: { readonly line: number; readonly user?: string | undefined },
  message: string,
  own: Partial<Pick<Problem, 'fix' | 'severity'>> = {},
): Problem {
  const { fix: usual, isNote }: Advice = advice[code]
  const location = user === undefined ? { line } : { line, user }
  const { fix = usual, severity = isNote ? 'note' : 'problem' } = own
  return { code, ...location, severity, message, fix, mend: fix }
}

/** Why the formats whose strength is `broken` are. */
export const brokenFormats: Readonly<Record<string, string>> = {
  sha1: '{SHA} has no salt and is fast to guess: a leaked file reveals the password',
  ssha: '{SSHA} without a salt is fast to guess: a leaked file reveals the password',
  des: 'DES crypt uses only 8 characters and is fast to guess: a leaked file reveals the password',
}
