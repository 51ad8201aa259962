// What is wrong or doubtful in the text of a password file, with line numbers; listed, never thrown.
import { claimedFormat, identify, isLocked } from '../hash/registry.ts'
import { fieldsBehind, hasBom, LineCursor } from './line.ts'
import { checkUsername, usernameText } from './username.ts'

/** The stable name of a problem. */
export type ProblemCode =
  | 'bom'
  | 'mixed-line-ends'
  | 'no-final-newline'
  | 'malformed-line'
  | 'username'
  | 'duplicate-user'
  | 'empty-hash'
  | 'locked-hash'
  | 'malformed-hash'
  | 'unknown-hash'

/** One finding in a file. */
export interface Problem {
  readonly code: ProblemCode
  /** From 1. */
  readonly line: number
  /** The user of the line, where it has one. */
  readonly user?: string
  /** For people; never holds a hash. */
  readonly message: string
}

/** All problems, in the order of their lines. */
export function findProblems(bytes: Buffer): Problem[] {
  const problems: Problem[] = []
  const firstLines = new Map<string, number>()
  if (hasBom(bytes)) {
    problems.push({
      code: 'bom',
      line: 1,
      message: 'a UTF-8 byte order mark: Apache and nginx take it for part of the first name',
    })
  }
  const cursor = new LineCursor(bytes)
  let crlf: boolean | undefined
  let mixed = false
  for (let line = 1; cursor.next(); line++) {
    const lineEnd = cursor.end - cursor.contentEnd
    if (bytes[cursor.end - 1] !== 10) {
      problems.push({
        code: 'no-final-newline',
        line,
        message: 'no line end at the end: other tools join the next user to it',
      })
    } else if (!mixed) {
      mixed = crlf !== undefined && crlf !== lineEnd > 1
      crlf = lineEnd > 1
      if (mixed)
        problems.push({ code: 'mixed-line-ends', line, message: 'another line end than the lines before' })
    }
    if (cursor.kind === 'malformed') {
      problems.push({
        code: 'malformed-line',
        line,
        message: 'expected "user:hash", a comment or a blank line, got no colon',
      })
    }
    if (cursor.kind === 'record') problems.push(...recordProblems(cursor, line, firstLines))
  }
  return problems
}

function* recordProblems(
  cursor: LineCursor,
  line: number,
  firstLines: Map<string, number>,
): Generator<Problem> {
  const key = cursor.name()
  const user = usernameText(key)
  try {
    checkUsername(user)
  } catch (error) {
    yield { code: 'username', line, user, message: (error as Error).message }
  }
  const first = firstLines.get(key)
  if (first === undefined) firstLines.set(key, line)
  else
    yield {
      code: 'duplicate-user',
      line,
      user,
      message: `already in line ${first}, which is the one that counts`,
    }

  const { hashStart, hashEnd } = fieldsBehind(cursor.bytes, cursor.nameEnd)
  const hash = cursor.bytes.toString('latin1', hashStart, hashEnd)
  if (hash === '') yield { code: 'empty-hash', line, user, message: 'no hash: nobody can log in' }
  else if (isLocked(hash)) yield { code: 'locked-hash', line, user, message: 'locked: nobody can log in' }
  else if (identify(hash) === undefined) yield unusableHash(hash, line, user)
}

function unusableHash(hash: string, line: number, user: string): Problem {
  const claimed = claimedFormat(hash)
  if (claimed === undefined) {
    return {
      code: 'unknown-hash',
      line,
      user,
      message: 'plain text or a hash of an unknown format: nobody can log in',
    }
  }
  return {
    code: 'malformed-hash',
    line,
    user,
    message: `meant to be ${claimed} but damaged: nobody can log in`,
  }
}
