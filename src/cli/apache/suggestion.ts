// Suggests what was meant by a first word that is neither a command nor a file. Apache's "use '-c' to create it" would
// create a file with the name of a mistyped command.
import { commandNamed } from '../options/command-name.ts'
import { mistypedName } from '../options/nearest-name.ts'
import type { Command } from '../options/table.ts'
import { folderMessage, kindOfPath } from '../password-file.ts'
import { shellWord } from '../terminal/output.ts'

/**
 * The commands of other programs and their equivalents here: a command with its action, or letters of Apache's grammar.
 */
const synonyms: Readonly<Record<string, string>> = {
  add: 'adduser useradd user create new register signup mkuser insert',
  passwd: 'password chpasswd pass pw change set reset update edit modify mod usermod',
  remove: 'delete del deluser userdel drop revoke',
  list: 'ls show dump cat who names',
  check: 'validate lint test doctor',
  fix: 'repair clean',
  import: 'load bulk batch',
  serve: 'server start run proxy guard protect daemon listen',
  'serve --init': 'init setup quickstart',
  'serve --https': 'https tls ssl',
  service: 'svc systemd',
  'service logs': 'logs log journal',
  'service status': 'status',
  'service stop': 'stop',
  'service restart': 'restart reload',
  'service install': 'install enable autostart',
  'service uninstall': 'uninstall disable',
  group: 'groups role roles',
  token: 'tokens apikey',
  'sessions end': 'session logout signout',
  export: 'secret',
  help: 'man usage /? /h /help -? --?',
  '-v': 'verify login auth authenticate',
  '-nB -C 12': 'hash encrypt encode',
}

/**
 * @param argv the whole command line.
 * @param failed the file that is not there, or is a folder, and the user; undefined if the number of arguments is wrong.
 * @returns undefined if Apache's own message says it best.
 */
export async function suggestionFor(
  argv: readonly string[],
  commands: readonly Command[],
  failed?: { readonly file: string; readonly user: string },
): Promise<string | undefined> {
  if (failed !== undefined && kindOfPath(failed.file) === 'folder') return folderMessage(failed.file)
  if (failed === undefined && /^htpasswd(-kit)?$/.test(argv[0] ?? '') && argv.length > 1)
    return `${argv[0]} is written twice; leave the second one out`
  if (failed !== undefined) {
    const inner = /^(['"])(.+)\1$/s.exec(failed.file)?.[2] ?? ''
    // cmd.exe passes single quotes on as part of the word
    if (kindOfPath(inner) === 'file')
      return `${failed.file} is not a file, but ${inner} is; write it without these quotes`
  }
  const command = await commandMeant(argv, commands)
  if (command !== undefined || failed === undefined || kindOfPath(failed.user) !== 'file') return command
  const words = `${shellWord(failed.user)} ${shellWord(failed.file, 'USER')}`
  return `${failed.file} is not a file, but ${failed.user} is; the file comes first: htpasswd ${words}`
}

/** @returns undefined if the first word is an option, an existing file, or like nothing that is known. */
async function commandMeant(
  argv: readonly string[],
  commands: readonly Command[],
): Promise<string | undefined> {
  const [first = '', second, ...more] = argv
  if (first === '' || first.startsWith('-')) return undefined
  if (kindOfPath(first) !== undefined) return afterFile(first, second, more, commands)
  const meant = await meantBy(first, argv.slice(1), commands)
  if (meant === undefined) return undefined
  // the mistyped word may also be the name of a new file
  const isNewFile =
    meant.isTypo && argv.length === 2 && second !== undefined && kindOfPath(second) === undefined
  const creation = isNewFile
    ? `\nTo create a password file of that name: htpasswd add ${shellWord(`./${first}`)} ${shellWord(second, 'USER')}`
    : ''
  return `${first} is neither a command nor a file; did you mean: htpasswd ${meant.line}${creation}`
}

/** For `htpasswd mlflow-authfile add bob`: the command belongs in front of the file. */
function afterFile(
  file: string,
  word: string | undefined,
  more: readonly string[],
  commands: readonly Command[],
): string | undefined {
  if (more.length === 0 || kindOfPath(file) !== 'file') return undefined
  const command = commandNamed(word, commands)
  if (command === undefined) return undefined
  return `the command comes first: htpasswd ${[command.name, file, ...more].map(word => shellWord(word)).join(' ')}`
}

interface Meant {
  /** The suggested command line without `htpasswd`. */
  readonly line: string
  readonly isTypo: boolean
}

async function meantBy(
  word: string,
  rest: readonly string[],
  commands: readonly Command[],
): Promise<Meant | undefined> {
  const [next] = rest
  // `htpasswd user add bob`
  if (/^(user|account)s?$/i.test(word) && next !== undefined) {
    const target = commandNamed(next, commands)?.name ?? synonymOf(next)
    if (target !== undefined) return lineOf(target, rest.slice(1), commands, false)
  }
  const synonym = synonymOf(word) ?? ofCompound(word, commands)
  const names = commands.flatMap(({ name, aliases = [] }) => [name, ...aliases])
  const target = synonym ?? mistypedName(word, names)
  return target === undefined ? undefined : lineOf(target, rest, commands, synonym === undefined)
}

const synonymOf = (word: string): string | undefined =>
  Object.entries(synonyms).find(([, words]) => words.split(' ').includes(word.toLowerCase()))?.[0]

/** `create-user`, `users-list`, `reset_password`. */
function ofCompound(word: string, commands: readonly Command[]): string | undefined {
  const noun = '(?:users?|accounts?|passwords?|passwd|file)'
  const [, before, after] = new RegExp(`^(?:(\\w+)[-_]${noun}|${noun}[-_](\\w+))$`, 'i').exec(word) ?? []
  const verb = (before ?? after)?.toLowerCase() ?? ''
  return commandNamed(verb, commands)?.name ?? synonymOf(verb)
}

async function lineOf(
  target: string,
  rest: readonly string[],
  commands: readonly Command[],
  isTypo: boolean,
): Promise<Meant | undefined> {
  const [name = '', action] = target.split(' ')
  // other arguments may contain a password, and long command lines are better explained by the help
  const isShort = rest.length > 0 && rest.length < 3 && !rest.some(argument => argument.startsWith('-'))
  const typed = rest.map((argument, i) => shellWord(argument, i === 0 ? 'FILE' : 'USER')).join(' ')
  const withArguments = (form: string): Meant => ({
    line: `${target} ${isShort ? typed : form}`.trimEnd(),
    isTypo,
  })
  if (name === '-v') return { line: rest.length === 2 ? `-v ${typed}` : '-v FILE USER', isTypo }
  if (name === '-nB') return withArguments('USER')
  const command = commandNamed(name, commands)
  if (command === undefined) return undefined
  if (action !== undefined) return { line: target, isTypo }
  return withArguments((await command.load()).spec.synopsis[0] ?? '')
}
