// What is wrong or doubtful in the text of a password file, with line numbers; listed, never thrown.

import { hasByteOrderMark } from '../bytes.ts'
import { fileKind, kindNames } from '../document/file-kind.ts'
import { type ScannedLine, type ScannedRecord, scanLines } from '../document/scan-lines.ts'
import { checkUsername } from '../document/username.ts'
import { describeHash, type HashState } from '../hash/describe.ts'
import { brokenFormats, type Problem, problem } from './problem.ts'
import { ServerProblems } from './server-problems.ts'
import { type ServerName, servers } from './servers.ts'

/** Apache's command refuses a file with a longer line (MAX_STRING_LEN in support/passwd_common.h). */
const MAX_LINE_BYTES = 255

/**
 * All problems, in the order of their lines.
 *
 * @param options with `for`, also lists what this server does not read, and whom it does not let in; with `strength`,
 *   also weak hashes.
 */
export function* findProblems(
  bytes: Buffer,
  { for: server, strength }: { readonly for?: ServerName; readonly strength?: 'strong' } = {},
): Generator<Problem> {
  if (hasByteOrderMark(bytes)) {
    yield problem(
      'bom',
      { line: 1 },
      'a UTF-8 byte order mark: Apache, nginx and most others read it as part of the first name',
    )
  }
  const kind = fileKind(bytes)
  if (kind !== 'password')
    yield problem(`${kind}-file`, { line: 0 }, `this is ${kindNames[kind]}, not a password file`)
  const newlines = new Newlines()
  const atServer = server && new ServerProblems(server, bytes)
  let [last, hasUsers] = [1, false]
  for (const line of scanLines(bytes)) {
    last = line.line
    hasUsers ||= line.record !== undefined
    yield* newlines.problemsIn(line)
    if (line.kind === 'malformed')
      yield problem('malformed-line', line, 'expected "user:hash", a comment or a blank line, got no colon')
    const length = line.contentEnd - line.start
    if (length > MAX_LINE_BYTES) {
      yield problem(
        'long-line',
        line,
        `the line has ${length} bytes; over ${MAX_LINE_BYTES}, Apache's htpasswd command refuses the whole file`,
      )
    }
    // the records of another kind have no hashes to judge
    if (kind !== 'password') continue
    if (line.record !== undefined) {
      for (const found of recordProblems(line.record, line, strength === 'strong'))
        yield atServer?.adapt(found) ?? found
    }
    if (atServer !== undefined) yield* atServer.problemsIn(line)
  }
  if (!hasUsers) yield problem('no-users', { line: last }, 'the file has no users: nobody can log in')
}

class Newlines {
  #first: ScannedLine['lineEnd'] | undefined
  #isMixed = false

  problemsIn(line: ScannedLine): Problem[] {
    const { lineEnd } = line
    if (lineEnd === '') {
      return [
        problem(
          'no-final-newline',
          line,
          'no newline at the end: other tools append the next user to this line',
        ),
      ]
    }
    if (this.#first === undefined) {
      this.#first = lineEnd
      if (lineEnd === '\n') return []
      return [problem('crlf', line, 'Windows newlines (CRLF): Apache and nginx read them, Envoy does not')]
    }
    if (this.#isMixed || lineEnd === this.#first) return []
    this.#isMixed = true
    return [problem('mixed-newlines', line, 'another kind of newline than in the lines before')]
  }
}

/** The problem that each state of a hash is; none for a good hash. */
const meanings: Partial<Record<HashState, readonly [Problem['code'], (format: string) => string]>> = {
  empty: ['empty-hash', () => 'no hash: the user cannot log in'],
  'service-account': ['service-account', () => 'a service account: no password works, but tokens do'],
  locked: ['locked-hash', () => 'locked: the user cannot log in'],
  'escaped-dollars': [
    'escaped-dollars',
    format => `every $ of the ${format} hash is doubled, as in a compose file: the user cannot log in`,
  ],
  'trailing-whitespace': [
    'whitespace',
    format => `whitespace after the ${format} hash, which some servers read as part of it`,
  ],
  damaged: ['malformed-hash', format => `a damaged ${format} hash: the user cannot log in`],
  'stray-bits': [
    'malformed-hash',
    format =>
      `stray bits in the salt of the ${format} hash: Apache and nginx refuse it, servers written in Go do not`,
  ],
  unknown: ['unknown-hash', format => `${format}, which few servers verify, and htpasswd does not`],
  plaintext: [
    'plaintext',
    () => 'plain text instead of a hash: everyone who can read the file has the password',
  ],
}

const PLAIN_MARK = '{PLAIN}'
const plainServers = Object.values(servers).filter(({ takesPlainMark }) => takesPlainMark)
const MARKED_AS_PLAIN =
  `a password in plain text, accepted only by ${plainServers.map(({ title }) => title).join(' and ')}: ` +
  'everyone who can read the file has it'

function* recordProblems(
  { user, hash, first, nameStart }: ScannedRecord,
  { line, start }: ScannedLine,
  wantsStrong: boolean,
): Generator<Problem> {
  const location = { line, user }
  yield* nameProblems(location)
  if (nameStart > start)
    yield problem(
      'whitespace',
      location,
      'whitespace before the name, which nginx and others read as part of it',
    )
  if (first !== undefined)
    yield problem('duplicate-user', location, `duplicate of line ${first}, which Apache and nginx use`)
  const { state, format = '', strength, cost, rounds } = describeHash(hash)
  const meaning = meanings[state]
  if (hash.startsWith(PLAIN_MARK)) yield problem('plaintext', location, MARKED_AS_PLAIN)
  else if (meaning !== undefined) yield problem(meaning[0], location, meaning[1](format))
  else if (strength === 'broken') yield problem('broken-hash', location, brokenFormats[format] ?? '')
  else if (wantsStrong && strength === 'weak')
    yield problem('weak-hash', location, weakness(format, cost, rounds))
}

function weakness(format: string, cost: number | undefined, rounds: number | undefined): string {
  const work = cost !== undefined ? ` of cost ${cost}` : rounds !== undefined ? ` of ${rounds} rounds` : ''
  return `${format}${work} is fast to guess: a leaked file reveals all but very good passwords`
}

function* nameProblems(location: { readonly line: number; readonly user: string }): Generator<Problem> {
  try {
    checkUsername(location.user)
  } catch (error) {
    yield problem('username', location, (error as Error).message)
    return
  }
  const note = { severity: 'note' } as const
  if (/[\udc80-\udcff]/u.test(location.user))
    yield problem('username', location, 'the name is not valid UTF-8, but browsers send names as UTF-8', note)
  if (location.user.endsWith(' '))
    yield problem('username', location, 'the name ends with a space, which is part of it', note)
}
