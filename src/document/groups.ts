// The lossless model of a group file (Apache's AuthGroupFile): who is in which group.
import { type ByteString, comparableName, decodeSurrogateEscape, encodeSurrogateEscape } from '../bytes.ts'
import { HtpasswdError, lineError } from '../errors.ts'
import { rejectUtf16 } from './encoding.ts'
import { type EntryLine, faultOf, groupLines, isEntry, quoteWord, type Word } from './group-lines.ts'
import { checkUsername } from './username.ts'

/**
 * Parses the text of a group file, without any input or output: Apache's `AuthGroupFile`, with comments, quoted names,
 * lines that a backslash continues, and groups on several lines.
 *
 * @param source the file's bytes, or its text (UTF-8).
 * @param name how errors name the file.
 * @throws HtpasswdError `ERR_RECORD` for a line that is none, with its number; `ERR_UTF16` for a UTF-16 file.
 *
 * @example
 * ```js
 * import { parseGroups } from 'htpasswd-kit'
 *
 * const groups = parseGroups('# who may only read\nviewers: guest "mary ann"\n')
 * console.log(groups.groupsOf('guest'), groups.members('viewers'))
 * ```
 *
 * ```text
 * [ 'viewers' ] [ 'guest', 'mary ann' ]
 * ```
 */
export function parseGroups(source: string | Uint8Array, name?: string): Groups {
  return new Groups(source, name)
}

/**
 * The groups of a group file, editable: what a change does not touch comes out byte for byte.
 *
 * Names are text, or bytes. Two names are the same if they are the same text: whether it is UTF-8 or Windows-1252, and
 * composed or decomposed, makes no difference. Unlike in Apache, upper and lower case does, for groups as for users.
 *
 * @example
 * ```js
 * import { Groups } from 'htpasswd-kit'
 *
 * const groups = new Groups('# the lab\neditors: ann\n')
 * groups.add('editors', 'bob')
 * groups.add('viewers', 'guest')
 * console.log(groups.toString())
 * ```
 *
 * ```text
 * # the lab
 * editors: ann bob
 * viewers: guest
 *
 * ```
 */
export class Groups {
  readonly #name: string | undefined
  #source: Buffer
  #lines!: readonly EntryLine[]
  /** By the group's comparable name. */
  #byGroup!: ReadonlyMap<string, readonly EntryLine[]>
  /** The groups of a user, by the user's comparable name. */
  #byUser!: ReadonlyMap<string, readonly string[]>
  /** Whether anything was added or removed. */
  changed = false

  /** As `parseGroups`. */
  constructor(source: string | Uint8Array = '', name?: string) {
    this.#name = name
    this.#source = Buffer.from(source)
    rejectUtf16(this.#source)
    this.#parse()
  }

  /** The names of the groups, in file order, each once. */
  groups(): string[] {
    return distinct(this.#lines.map(({ group }) => group))
  }

  /** The names of a group's members, in file order, each once; none for an unknown group. */
  members(group: string | Uint8Array): string[] {
    return distinct(this.#linesOf(group).flatMap(({ members }) => members.map(({ name }) => name)))
  }

  /** The names of the groups that a user is in, in file order, each once. */
  groupsOf(user: string | Uint8Array): readonly string[] {
    return this.#byUser.get(comparableName(user)) ?? []
  }

  /** The number of a group's first line; 0 for an unknown group. @internal */
  lineOf(group: string | Uint8Array): number {
    return this.#linesOf(group)[0]?.line ?? 0
  }

  /**
   * Adds a user to a group, on the last line of the group or, for a new group, on a new line.
   *
   * @returns false if the user is in it already.
   * @throws HtpasswdError `ERR_USERNAME` or `ERR_TOO_LONG` for a name that cannot be stored.
   */
  add(group: string | Uint8Array, user: string | Uint8Array): boolean {
    const [groupBytes, userBytes] = [encodeSurrogateEscape(group), encodeSurrogateEscape(user)]
    checkGroupName(decodeSurrogateEscape(groupBytes))
    checkUsername(decodeSurrogateEscape(userBytes))
    const lines = this.#linesOf(group)
    const isUser = isNamed(user)
    if (lines.some(({ members }) => members.some(isUser))) return false
    const line = lines.at(-1)
    if (line === undefined) this.#append(`${groupBytes}: ${quoteWord(userBytes)}\n`)
    else {
      const at = line.members.at(-1)?.end ?? line.membersStart
      this.#edit([{ start: at, end: at, text: ` ${quoteWord(userBytes)}` }])
    }
    return true
  }

  /**
   * Removes a user from a group, which then may be empty; without a user, the group with all its lines.
   *
   * @returns false if there is no such group, or the user is not in it.
   */
  remove(group: string | Uint8Array, user?: string | Uint8Array): boolean {
    const lines = this.#linesOf(group)
    const edits =
      user === undefined
        ? lines.map(({ start, end }) => ({ start, end, text: '' }))
        : lines.flatMap(line => this.#withoutMembers(line, isNamed(user)))
    if (edits.length === 0) return false
    this.#edit(edits)
    return true
  }

  /** The file's text, decoded as UTF-8; use `toBytes` to write it. */
  toString(): string {
    return this.#source.toString('utf8')
  }

  /** The file's bytes. */
  toBytes(): Uint8Array {
    return this.#source
  }

  #linesOf(group: string | Uint8Array): readonly EntryLine[] {
    return this.#byGroup.get(comparableName(group)) ?? []
  }

  /** What takes members off a line: one edit for each run of them. */
  #withoutMembers({ members, membersStart }: EntryLine, isMeant: (member: Word) => boolean): Edit[] {
    const edits: Edit[] = []
    for (let first = 0; first < members.length; first++) {
      if (!isMeant(members[first] as Word)) continue
      let last = first
      while (last + 1 < members.length && isMeant(members[last + 1] as Word)) last++
      const { end } = members[last] as Word
      const next = members[last + 1]
      // a quoted name needs no space after it
      const isJoined =
        next !== undefined && /^(?:\\\r?\n)*$/.test(this.#source.toString('latin1', end, next.start))
      edits.push({ start: members[first - 1]?.end ?? membersStart, end, text: isJoined ? ' ' : '' })
      first = last
    }
    return edits
  }

  #append(line: string): void {
    const text = this.#source.toString('latin1')
    // a new line would become part of a last line without a newline, or with a backslash before it
    const isComplete = text === '' || (text.endsWith('\n') && !/\\\r?\n$/.test(text))
    const separator = isComplete ? '' : text.endsWith('\\') ? ' \n' : '\n'
    this.#edit([{ start: text.length, end: text.length, text: `${separator}${line}` }])
  }

  /** @param edits in the order of the file. */
  #edit(edits: readonly Edit[]): void {
    const pieces: Buffer[] = []
    let at = 0
    for (const { start, end, text } of edits) {
      pieces.push(this.#source.subarray(at, start), Buffer.from(text, 'latin1'))
      at = end
    }
    this.#source = Buffer.concat([...pieces, this.#source.subarray(at)])
    this.changed = true
    this.#parse()
  }

  #parse(): void {
    this.#lines = [...groupLines(this.#source)].filter((line): line is EntryLine => {
      const fault = faultOf(line)
      if (fault !== undefined) throw lineError(this.#name, line.line, fault)
      return isEntry(line)
    })
    const byGroup = new Map<string, EntryLine[]>()
    // sets, for a user who is in many groups
    const byUser = new Map<string, Set<string>>()
    for (const line of this.#lines) {
      const name = decodeSurrogateEscape(line.group)
      addTo(byGroup, comparableName(name), line)
      for (const member of line.members) {
        const key = comparableName(decodeSurrogateEscape(member.name))
        const groups = byUser.get(key)
        if (groups === undefined) byUser.set(key, new Set([name]))
        else groups.add(name)
      }
    }
    this.#byGroup = byGroup
    this.#byUser = new Map([...byUser].map(([user, groups]) => [user, [...groups]]))
  }
}

/** Other text in place of a part of the file. */
interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

function addTo<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [item])
  else list.push(item)
}

/** @throws HtpasswdError `ERR_USERNAME` for a name that the file, a rule or a header cannot hold. */
function checkGroupName(name: string): void {
  if (!/^#|[\s:,\x00-\x1f\x7f-\x9f]|^$/.test(name)) return
  throw new HtpasswdError(
    'ERR_USERNAME',
    `expected a group name without blanks, ":" and ",", got ${JSON.stringify(name)}`,
  )
}

function isNamed(user: string | Uint8Array): (member: Word) => boolean {
  const key = comparableName(user)
  return ({ name }) => comparableName(decodeSurrogateEscape(name)) === key
}

/** The names as text; of equal names only the first. */
function distinct(names: readonly ByteString[]): string[] {
  const byKey = new Map<string, string>()
  for (const name of names.map(decodeSurrogateEscape)) {
    const key = comparableName(name)
    if (!byKey.has(key)) byKey.set(key, name)
  }
  return [...byKey.values()]
}
