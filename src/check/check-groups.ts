// What is wrong or doubtful in a group file, seen with its password file; listed, never thrown.
import { comparableName, decodeSurrogateEscape, decodeUtf16 } from '../bytes.ts'
import { HtpasswdDocument } from '../document/document.ts'
import { type EntryLine, faultOf, groupLines, isEntry } from '../document/group-lines.ts'

/** One finding in a group file. */
export interface GroupProblem {
  readonly code: 'group-line' | 'group-member' | 'group-case' | 'empty-group'
  /** Its line, from 1; 0 for the whole file. */
  readonly line: number
  readonly severity: 'problem' | 'note'
  readonly message: string
  /** What to do about it; GROUPS and FILE stand for the names of the files. */
  readonly fix: string
}

/** The problems of a group file, in the order of its lines. */
export function checkGroups(groupFile: Buffer, passwordFile: Buffer): GroupProblem[] {
  if (decodeUtf16(groupFile) !== undefined)
    return [
      problem('group-line', 0, 'UTF-16 text, in which no one finds a group', 'save it as UTF-8 in an editor'),
    ]
  const lines = [...groupLines(groupFile)]
  const users = namesOf(new HtpasswdDocument(decodeUtf16(passwordFile) ?? passwordFile).users())
  const entries = lines.filter(isEntry)
  const groups = namesOf(entries.map(({ group }) => decodeSurrogateEscape(group)))
  const filled = new Set(entries.filter(({ members }) => members.length > 0).map(keyOf))
  return lines.flatMap(line => {
    const fault = faultOf(line)
    if (fault !== undefined)
      return [
        problem('group-line', line.line, `${fault}; the whole file is refused`, 'correct or delete the line'),
      ]
    if (!isEntry(line)) return []
    return [...groupProblems(line, groups, filled), ...memberProblems(line, users)]
  })
}

const problem = (code: GroupProblem['code'], line: number, message: string, fix: string): GroupProblem => ({
  code,
  line,
  severity: code === 'empty-group' ? 'note' : 'problem',
  message,
  fix,
})

/** Names in the form in which they are compared, and those that differ only by case. */
interface Names {
  readonly keys: ReadonlySet<string>
  /** The spellings of each name, by its lower-case form. */
  readonly byLowerCase: ReadonlyMap<string, readonly string[]>
}

function namesOf(names: readonly string[]): Names {
  const keys = new Set(names.map(comparableName))
  const byLowerCase = new Map<string, string[]>()
  for (const key of keys) {
    const lower = key.toLowerCase()
    const spellings = byLowerCase.get(lower)
    if (spellings === undefined) byLowerCase.set(lower, [key])
    else spellings.push(key)
  }
  return { keys, byLowerCase }
}

const keyOf = ({ group }: EntryLine): string => comparableName(decodeSurrogateEscape(group))

function groupProblems(line: EntryLine, groups: Names, filled: ReadonlySet<string>): GroupProblem[] {
  const name = keyOf(line)
  const first = groups.byLowerCase.get(name.toLowerCase())?.[0]
  const found: GroupProblem[] = []
  if (first !== name) {
    const message = `group ${name} and group ${first} differ by case only: to Apache they are one, here they are two`
    found.push(problem('group-case', line.line, message, 'write the name in one way'))
  }
  if (!filled.has(name)) {
    const fix = `htpasswd group add GROUPS ${name} USER`
    found.push(problem('empty-group', line.line, `group ${name} has no members`, fix))
  }
  return found
}

function memberProblems({ line, group, members }: EntryLine, users: Names): GroupProblem[] {
  const name = decodeSurrogateEscape(group)
  return members.flatMap(member => {
    const user = decodeSurrogateEscape(member.name)
    const key = comparableName(user)
    if (users.keys.has(key)) return []
    const similar = users.byLowerCase.get(key.toLowerCase())?.[0]
    if (similar !== undefined) {
      const message = `${user} in group ${name} is not the user ${similar}: upper and lower case differ`
      return [problem('group-case', line, message, `write ${similar}`)]
    }
    const fix = `htpasswd group remove GROUPS ${name} ${user}, or add the user to FILE`
    return [problem('group-member', line, `${user} in group ${name} is no user of the password file`, fix)]
  })
}
