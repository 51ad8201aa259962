// The kinds of problems that a password file can have: what to do about each, and whether it keeps anybody out.

/** What to do about a kind of problem. */
interface Advice {
  /** For people; FILE and USER stand for the names. */
  readonly mend: string
  /** Something to know that need not be mended. */
  readonly isNote?: true
}

const FIX = 'htpasswd fix FILE'
/** Sets a new password; a server may want another format. */
export const SET = 'htpasswd -B -C 12 FILE USER'

/** By their stable names. */
export const advice = {
  utf16: { mend: FIX },
  bom: { mend: FIX },
  cr: { mend: FIX },
  crlf: { mend: FIX, isNote: true },
  'mixed-line-ends': { mend: FIX },
  'no-final-newline': { mend: FIX },
  'malformed-line': { mend: 'take the line out, put a # before it, or complete it to user:hash' },
  'long-line': { mend: 'shorten the line to 254 bytes; a comment can stand in several' },
  blanks: { mend: FIX },
  username: { mend: 'give the user another name' },
  'duplicate-user': { mend: FIX },
  'empty-hash': { mend: SET },
  'locked-hash': { mend: 'set a password to unlock it: htpasswd -B -C 12 FILE USER', isNote: true },
  'doubled-dollar': { mend: FIX },
  'malformed-hash': { mend: SET },
  'unknown-hash': { mend: SET },
  'plain-text': { mend: SET },
  'broken-hash': { mend: SET },
  mode: { mend: 'chmod go-w FILE' },
  'cannot-log-in': { mend: SET },
  'no-users': { mend: SET, isNote: true },
  'file-refused': { mend: 'mend or take out the line' },
} as const satisfies Record<string, Advice>

/** The stable name of a problem. */
export type ProblemCode = keyof typeof advice

/** One finding in a file. */
export interface Problem {
  readonly code: ProblemCode
  /** Its line, from 1; 0 for the whole file. */
  readonly line: number
  /** The user of that line, if it has one. */
  readonly user?: string
  /** `note` if it needs no action. */
  readonly severity: 'problem' | 'note'
  /** What it means, for people; contains no hash. */
  readonly message: string
  /** What to do about it; FILE and USER are placeholders. */
  readonly mend: string
}

/** A finding of its kind, with the advice of the table unless it has its own. */
export function problem(
  code: ProblemCode,
  { line, user }: { readonly line: number; readonly user?: string | undefined },
  message: string,
  own: { readonly mend?: string; readonly severity?: Problem['severity'] } = {},
): Problem {
  const { mend, isNote }: Advice = advice[code]
  const place = user === undefined ? { line } : { line, user }
  return { code, ...place, severity: isNote ? 'note' : 'problem', message, mend, ...own }
}

/** The formats whose strength is `broken`, and why. */
export const brokenFormats: Readonly<Record<string, string>> = {
  sha1: '{SHA} has no salt and is fast: a leaked file gives the password away',
  des: 'DES crypt counts 8 characters and is fast: a leaked file gives the password away',
}
