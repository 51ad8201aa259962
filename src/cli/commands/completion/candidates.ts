// Finds the arguments that can be completed at the cursor, in Apache's grammar and in our commands, for every shell.
import { homedir } from 'node:os'
import { join } from 'node:path'
import { HtpasswdDocument } from '../../../document/document.ts'
import { readPasswordFile } from '../../../store/read-file.ts'
import { classicOptions } from '../../apache/grammar.ts'
import { longOptions } from '../../apache/long-options.ts'
import { commandOf } from '../../options/command-name.ts'
import { isAccepted } from '../../options/parse.ts'
import type { Action, Command, CommandSpec, Option, OptionTable } from '../../options/table.ts'
import { defaultFile } from '../../password-file.ts'
import { printable } from '../../terminal/output.ts'

export interface Candidates {
  /** Whole arguments that are possible at the cursor, each with a description or an empty one. */
  readonly texts: readonly (readonly [text: string, description: string])[]
  /** Whether a path is possible too; the shell itself lists paths. */
  readonly paths: boolean
}

const nothing: Candidates = { texts: [], paths: false }
const paths: Candidates = { texts: [], paths: true }

/** @param argv the arguments up to the cursor; the last one is being typed and may be empty. */
export async function candidates(
  argv: readonly string[],
  commands: readonly Command[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Candidates> {
  const before = argv.slice(0, -1)
  const current = argv.at(-1) ?? ''
  // the argument being typed counts, because a file with the name of a command may be meant
  const command = before.length === 0 ? undefined : commandOf(argv, commands)
  if (command !== undefined)
    return ofCommand((await command.load()).spec, before.slice(1), current, { commands, env })
  return ofApache(before, current, commands)
}

async function ofCommand(
  spec: CommandSpec,
  before: readonly string[],
  current: string,
  { commands, env }: { readonly commands: readonly Command[]; readonly env: NodeJS.ProcessEnv },
): Promise<Candidates> {
  const { actions, firstPositional = actions && Object.keys(actions) } = spec
  const action = actions?.[before[0] ?? '']
  const options = optionsOf(spec, action)
  if (before.includes('--')) return paths
  const option = optionOf(options, before.at(-1))
  if (option !== undefined && takesNext(option)) return argumentsOf(option)
  if (current.startsWith('-')) return valueOrOptions(options, current, [])
  if (before.length === 0 && firstPositional !== undefined)
    return { texts: firstPositional.map(text => [text, describe(text)]), paths: false }
  return spec.takesUsers ? fileOrUsers(spec, action === undefined ? before : before.slice(1), env) : paths

  /** Describes an action, or a command after `htpasswd help`. */
  function describe(text: string): string {
    return actions?.[text]?.describe ?? commands.find(({ name }) => name === text)?.describe ?? ''
  }
}

/** The options of the action, if one is typed, otherwise of the command. */
function optionsOf({ options }: CommandSpec, action: Action | undefined): OptionTable {
  const allowed = action?.options
  if (allowed === undefined) return options
  const names = [...allowed, 'help']
  return Object.fromEntries(Object.entries(options).filter(([name]) => names.includes(name)))
}

/** Files, and users of the default file, because the file may be omitted. */
async function fileOrUsers(
  { options }: CommandSpec,
  before: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Candidates> {
  const file = before.find((argument, i) => {
    const option = i === 0 ? undefined : optionOf(options, before[i - 1])
    return !argument.startsWith('-') && !(option !== undefined && takesNext(option))
  })
  if (file === undefined) return { texts: await usersOf(defaultFile(env)), paths: true }
  return { texts: await usersOf(file), paths: false }
}

const VALUE_LETTERS = classicOptions.filter(option => 'takesValue' in option).map(({ letter }) => letter)
const letterOf = (mode: string): string =>
  classicOptions.find(option => 'mode' in option && option.mode === mode)?.letter ?? ''

/** Options, then file, user and password. */
async function ofApache(
  before: readonly string[],
  current: string,
  commands: readonly Command[],
): Promise<Candidates> {
  let letters = ''
  let next = 0
  for (; /^-./.test(before[next] ?? ''); next++) {
    const argument = before[next] as string
    if (argument === '--') {
      next++
      break
    }
    const option = optionOf(longOptions, argument)
    if (argument.startsWith('--')) {
      const isTaken = option?.optionalArgument !== undefined && isAccepted(option.read, before[next + 1])
      if (option !== undefined && (takesNext(option) || isTaken)) next++
      if (next >= before.length) return argumentsOf(option)
    } else {
      letters += argument
      if (VALUE_LETTERS.some(letter => argument.endsWith(letter))) next++
    }
  }
  const position = before.length - next
  if (position < 0) return nothing
  if (position === 0 && current.startsWith('-')) return valueOrOptions(longOptions, current, apacheFlags)
  if (letters.includes(letterOf('print'))) return nothing
  if (position === 0)
    return {
      texts: before.length === 0 ? commands.map(({ name, describe }) => [name, describe]) : [],
      paths: true,
    }
  if (position > 1 || letters.includes(letterOf('create'))) return nothing
  return { texts: await usersOf(before[next] as string), paths: false }
}

const apacheFlags: Candidates['texts'] = [
  ...classicOptions.map(({ letter, describe }) => [`-${letter}`, describe.join(' ')] as const),
  ['--help', 'show help'],
  ['--version', 'show the version'],
]

/** Finds the row of `--name`. */
function optionOf(options: OptionTable, argument = ''): Option | undefined {
  const name = argument.startsWith('--') ? argument.slice(2) : ''
  return Object.hasOwn(options, name) ? options[name] : undefined
}

const takesNext = ({ argument, optionalArgument }: Option): boolean =>
  argument !== undefined && optionalArgument === undefined

/** Completes the value of `--name=`, or the name of an option. */
function valueOrOptions(options: OptionTable, current: string, flags: Candidates['texts']): Candidates {
  const [, head = '', name] = /^(--([^=]+)=)/.exec(current) ?? []
  if (name !== undefined) return argumentsOf(optionOf(options, `--${name}`), head)
  const names = Object.entries(options).map(([option, { describe }]) => [`--${option}`, describe] as const)
  return { texts: [...flags, ...names], paths: false }
}

function argumentsOf(option: Option | undefined, head = ''): Candidates {
  if (option?.argument === 'FILE' || option?.argument === 'FOLDER') return paths
  return { texts: (option?.read?.choices ?? []).map(choice => [head + choice, '']), paths: false }
}

/** The users of a password file who have a hash; none if it cannot be read, because the shell shows no message here. */
async function usersOf(file: string): Promise<Candidates['texts']> {
  try {
    const path = file.startsWith('~/') ? join(homedir(), file.slice(2)) : file
    const document = new HtpasswdDocument((await readPasswordFile(path)).bytes)
    // a name with a tab or newline would be read as two candidates
    const isUsable = (user: string): boolean => document.get(user) !== '' && printable(user) === user
    return document
      .users()
      .filter(isUsable)
      .map(user => [user, 'user'])
  } catch {
    return []
  }
}
