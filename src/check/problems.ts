// What is wrong or doubtful in the text of a password file, with line numbers; listed, never thrown.

import { hasBom } from '../document/line.ts'
import { type ScannedLine, type ScannedRecord, scanLines } from '../document/scan-lines.ts'
import { checkUsername } from '../document/username.ts'
import { describeHash, type HashState } from '../hash/describe.ts'
import { brokenFormats, type Problem, problem } from './problem.ts'
import { TargetProblems } from './server-problems.ts'
import type { Target } from './servers.ts'

/** Apache's command refuses a file with a longer line (MAX_STRING_LEN in support/passwd_common.h). */
const MAX_LINE_BYTES = 255

/**
 * All problems, in the order of their lines.
 *
 * @param target a server: what it does not read, and whom it does not let in, are problems as well.
 */
export function* findProblems(bytes: Buffer, target?: Target): Generator<Problem> {
  if (hasBom(bytes)) {
    yield problem(
      'bom',
      { line: 1 },
      'a UTF-8 byte order mark: Apache, nginx and most others take it for part of the first name',
    )
  }
  const lineEnds = new LineEnds()
  const atTarget = target && new TargetProblems(target, bytes)
  let [last, hasUsers] = [1, false]
  for (const line of scanLines(bytes)) {
    last = line.line
    hasUsers ||= line.record !== undefined
    yield* lineEnds.problems(line)
    if (line.kind === 'malformed') {
      yield problem('malformed-line', line, 'expected "user:hash", a comment or a blank line, got no colon')
    }
    const length = line.contentEnd - line.start
    if (length > MAX_LINE_BYTES) {
      yield problem(
        'long-line',
        line,
        `the line has ${length} bytes: over ${MAX_LINE_BYTES}, Apache's htpasswd command refuses the whole file`,
      )
    }
    if (line.record !== undefined) {
      for (const one of recordProblems(line.record, line)) yield atTarget?.adapt(one) ?? one
    }
    if (atTarget !== undefined) yield* atTarget.of(line)
  }
  if (!hasUsers) yield problem('no-users', { line: last }, 'no user: nobody can log in')
}

class LineEnds {
  #first: ScannedLine['lineEnd'] | undefined
  #isMixed = false

  problems(line: ScannedLine): Problem[] {
    const { lineEnd } = line
    if (lineEnd === '') {
      return [
        problem('no-final-newline', line, 'no line end at the end: other tools join the next user to it'),
      ]
    }
    if (this.#first === undefined) {
      this.#first = lineEnd
      if (lineEnd === '\n') return []
      return [
        problem('crlf', line, 'lines end as on Windows (CRLF): Apache and nginx read them, Envoy does not'),
      ]
    }
    if (this.#isMixed || lineEnd === this.#first) return []
    this.#isMixed = true
    return [problem('mixed-line-ends', line, 'another line end than the lines before')]
  }
}

/** What each state of a hash means; none for one that is as it should be. */
const meanings: Partial<Record<HashState, readonly [Problem['code'], (format: string) => string]>> = {
  empty: ['empty-hash', () => 'no hash: nobody can log in'],
  locked: ['locked-hash', () => 'locked: nobody can log in'],
  'doubled-dollar': [
    'doubled-dollar',
    format => `every $ of the ${format} hash is doubled, as in a compose file: nobody can log in`,
  ],
  'blank-behind': [
    'blanks',
    format => `blanks behind the ${format} hash, which some servers take for part of it`,
  ],
  damaged: ['malformed-hash', format => `meant to be ${format} but damaged: nobody can log in`],
  unknown: [
    'unknown-hash',
    format => `a hash of a format unknown here, ${format}: hardly any server lets the user in`,
  ],
  'plain-text': [
    'plain-text',
    () => 'plain text in place of a hash: whoever reads the file has the password',
  ],
}

function* recordProblems(
  { user, hash, first, nameStart }: ScannedRecord,
  { line, start }: ScannedLine,
): Generator<Problem> {
  const place = { line, user }
  yield* nameProblems(place)
  if (nameStart > start) {
    yield problem('blanks', place, 'blanks before the name, which nginx and others take for part of it')
  }
  if (first !== undefined) {
    yield problem(
      'duplicate-user',
      place,
      `already in line ${first}, which is the one that counts for Apache and nginx`,
    )
  }
  const { state, format = '', strength } = describeHash(hash)
  const meaning = meanings[state]
  if (meaning !== undefined) yield problem(meaning[0], place, meaning[1](format))
  else if (strength === 'broken') yield problem('broken-hash', place, brokenFormats[format] ?? '')
}

function* nameProblems(place: { readonly line: number; readonly user: string }): Generator<Problem> {
  try {
    checkUsername(place.user)
  } catch (error) {
    yield problem('username', place, (error as Error).message)
    return
  }
  const note = { severity: 'note' } as const
  if (/[\udc80-\udcff]/u.test(place.user)) {
    yield problem('username', place, 'the name is no UTF-8, in which browsers send it', note)
  }
  if (place.user.endsWith(' '))
    yield problem('username', place, 'a blank ends the name and is part of it', note)
}
