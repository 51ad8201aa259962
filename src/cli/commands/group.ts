// `htpasswd group`: lists and changes the members of groups in a group file (Apache's AuthGroupFile).
import { Groups } from '../../document/groups.ts'
import { ExitStatus, HtpasswdError } from '../../errors.ts'
import { missingError, readPasswordFile } from '../../store/read-file.ts'
import { type Rewriting, rewriteFile } from '../../store/rewrite.ts'
import { splitFile } from '../options/file-argument.ts'
import { nearestName } from '../options/nearest-name.ts'
import { runActions } from '../options/run-command.ts'
import {
  type ActionTable,
  type CommandSpec,
  formsOf,
  helpOption,
  inPlaceOption,
  jsonOption,
  type OptionTable,
} from '../options/table.ts'
import { kindOfPath, privateFile } from '../password-file.ts'
import type { Io } from '../terminal/io.ts'
import { count, Output, printable, printableJson } from '../terminal/output.ts'

/** The name in Apache's own examples. */
const DEFAULT_GROUPS = '.htgroups'

const groupOptions = {
  'in-place': inPlaceOption,
  json: jsonOption,
  help: helpOption,
} as const satisfies OptionTable

const actions = {
  add: { synopsis: ['[FILE] GROUP USER ...'], describe: 'put users into a group; creates the file' },
  remove: {
    synopsis: ['[FILE] GROUP [USER ...]'],
    describe: 'take users out of a group, or remove the whole group',
  },
  list: {
    synopsis: ['[FILE] [GROUP]'],
    describe: 'list the groups and their members',
    options: ['json'],
  },
} as const satisfies ActionTable

export const groupSpec = {
  name: 'group',
  synopsis: formsOf(actions),
  actions,
  describe: `Keeps a group file (Apache's AuthGroupFile), as serve --groups reads it. FILE is by default HTPASSWD_GROUPS or ${DEFAULT_GROUPS}.`,
  options: groupOptions,
  examples: ['htpasswd group add groups viewers ann bob', 'htpasswd group list groups'],
  epilogue: 'Status 6: no such group, or the user is not in it.',
} as const satisfies CommandSpec<typeof groupOptions>

/** Runs the command and returns its exit status. */
export function group(argv: readonly string[], io: Io): Promise<number> {
  const fallback = io.env.HTPASSWD_GROUPS || DEFAULT_GROUPS
  const split = (positionals: readonly string[], min: number, max: number, form: string) =>
    splitFile(positionals, io.env, { min, max }, form, fallback)
  return runActions(groupSpec, argv, io, {
    add: async ({ positionals, values }) => {
      const { file, names } = split(positionals, 2, Number.POSITIVE_INFINITY, '[FILE] GROUP USER ...')
      const [name = '', ...users] = names
      const options = { create: true, inPlace: values['in-place'] }
      const isNew = kindOfPath(file) === undefined
      const added = await update(file, io, options, groups => users.filter(user => groups.add(name, user)))
      const others = users.filter(user => !added.includes(user))
      if (values.json) io.out(`${printableJson({ file, group: name, added, unchanged: others })}\n`)
      else if (isNew) io.err(`Created ${file}.\n`)
      if (!values.json) io.out(sentence(name, 'added', added) + sentence(name, 'already in it', others))
      return ExitStatus.ok
    },
    remove: async ({ positionals, values }) => {
      const { file, names } = split(positionals, 1, Number.POSITIVE_INFINITY, '[FILE] GROUP [USER ...]')
      const [name = '', ...users] = names
      const options = { create: false, inPlace: values['in-place'] }
      const removed = await update(file, io, options, groups => removeFrom(groups, name, users, file))
      if (values.json) io.out(`${printableJson({ file, group: name, removed })}\n`)
      else if (users.length > 0) io.out(sentence(name, 'removed', removed))
      else io.out(`${printable(name)}: removed, with ${count(removed.length, 'member')}\n`)
      return ExitStatus.ok
    },
    list: async ({ positionals, values }) => {
      const { file, names } = split(positionals, 0, 1, '[FILE] [GROUP]')
      const { bytes } = await readPasswordFile(file)
      const groups = new Groups(bytes, file)
      const [name] = names
      if (name !== undefined && !groups.groups().includes(name)) throw noSuchGroup(groups, name, file)
      const listed = (name === undefined ? groups.groups() : [name]).map(group => ({
        group,
        members: groups.members(group),
      }))
      if (values.json) io.out(`${printableJson({ file, groups: listed })}\n`)
      else writeText(io, listed)
      return ExitStatus.ok
    },
  })
}

/** Changes the file under its lock. */
function update<T>(
  file: string,
  io: Io,
  { create, inPlace }: { readonly create: boolean; readonly inPlace: boolean },
  change: (groups: Groups) => T,
): Promise<T> {
  const rewrite = async (bytes: Buffer | undefined): Promise<Rewriting<T>> => {
    if (bytes === undefined && !create) throw missingError(file)
    const groups = new Groups(bytes, file)
    const result = change(groups)
    return groups.changed ? { result, pieces: [Buffer.from(groups.toBytes())] } : { result }
  }
  // the missing file is reported above, without Apache's words for its own command
  return rewriteFile(file, rewrite, { create: true, inPlace, onPrivate: () => io.err(privateFile(file)) })
}

/** Removes all of the users or none, so that a misspelled name leaves the file unchanged. */
function removeFrom(groups: Groups, name: string, users: readonly string[], file: string): readonly string[] {
  if (!groups.groups().includes(name)) throw noSuchGroup(groups, name, file)
  const members = groups.members(name)
  const missing = users.find(user => !groups.groupsOf(user).includes(name))
  if (missing !== undefined)
    throw new HtpasswdError('ERR_USER_MISSING', `${missing} is not in ${name}; nothing was changed`)
  if (users.length === 0) groups.remove(name)
  for (const user of users) groups.remove(name, user)
  return users.length === 0 ? members : users
}

function noSuchGroup(groups: Groups, name: string, file: string): HtpasswdError {
  const nearest = nearestName(name, groups.groups())
  const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`
  return new HtpasswdError('ERR_USER_MISSING', `${file} has no group ${name}${hint}`)
}

const sentence = (group: string, what: string, users: readonly string[]): string =>
  users.length === 0 ? '' : `${printable(group)}: ${what} ${users.map(printable).join(', ')}\n`

/** One group a line, as in the file. */
function writeText(
  io: Io,
  groups: readonly { readonly group: string; readonly members: readonly string[] }[],
): void {
  const output = new Output(io)
  for (const { group, members } of groups)
    output.write(`${printable(group)}: ${members.map(printable).join(' ') || '(empty)'}\n`)
  output.flush()
}
