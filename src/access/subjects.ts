// The users that a rule applies to: `valid-user`, `user:NAME`, `group:NAME`, `none`.
import { comparableName, decodeSurrogateEscape } from '../bytes.ts'
import { splitWords } from '../document/group-lines.ts'

/** The subjects of a rule, or of an option such as `--readers`. */
export interface Subjects {
  /** The subjects as written. */
  readonly text: string
  /** The groups that are named. */
  readonly groups: readonly string[]
  /** Whether the subjects are `none`, which closes the rule's path to everyone. */
  readonly isNone: boolean
  /** Whether a user with these groups is among the subjects. */
  includes(user: string, groups: readonly string[]): boolean
}

const FORM = 'valid-user, user:NAME, group:NAME or none'

/** Parses subjects from one text, with quotes as in a group file. @throws Error that says what was expected. */
export function readSubjects(text: string): Subjects {
  const words = splitWords(Buffer.from(text).toString('latin1'))
  const fault = words.find(word => word.fault !== undefined)?.fault
  if (fault !== undefined) throw new Error(fault)
  return parseSubjects(words.map(({ name }) => decodeSurrogateEscape(name)))
}

/** A name alone is what people write first. */
const hintFor = (word: string): string =>
  /^[\p{L}\d@._-]+$/u.test(word) ? `; did you mean user:${word} or group:${word}?` : ''

/** Parses subjects from separate words. @throws Error that says what was expected. */
export function parseSubjects(words: readonly string[]): Subjects {
  const named = { user: new Set<string>(), group: new Set<string>() }
  const groups: string[] = []
  let isAnyone = false
  let isNone = false
  if (words.length === 0) throw new Error(`expected ${FORM}, got nothing`)
  for (const word of words) {
    const [, kind, name = ''] = /^(user|group):(.+)$/s.exec(word) ?? []
    if (kind !== undefined) named[kind as 'user' | 'group'].add(comparableName(name))
    else if (word === 'valid-user') isAnyone = true
    else if (word === 'none') isNone = true
    else throw new Error(`expected ${FORM}, got ${JSON.stringify(word)}${hintFor(word)}`)
    if (kind === 'group') groups.push(name)
  }
  if (isNone && words.length > 1) throw new Error(`expected "none" alone, got ${words.join(' ')}`)
  return {
    text: words.join(' '),
    groups,
    isNone,
    includes: (user, memberOf) =>
      isAnyone ||
      (named.user.size > 0 && named.user.has(comparableName(user))) ||
      (named.group.size > 0 && memberOf.some(group => named.group.has(comparableName(group)))),
  }
}
