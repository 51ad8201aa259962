// `htpasswd --help` and `--version`: the part of the command that is not Apache's.
import yargs from 'yargs'
import { ExitStatus } from '../errors.ts'
import { packageVersion } from '../platform/resources.ts'
import { classicOptions, synopsis } from './apache/grammar.ts'
import { longOptions } from './apache/long-options.ts'
import { helpRow } from './options/parse.ts'
import type { Command, Option } from './options/table.ts'
import type { Io } from './terminal/io.ts'
import { programName } from './terminal/program-name.ts'

/** For the manual page and the documents. */
export const exitStatusMeanings: Readonly<Record<keyof typeof ExitStatus, string>> = {
  ok: 'done',
  file: 'the file, or standard output, could not be opened or written',
  syntax: 'a mistake in the arguments, or a password that cannot be stored',
  verification: 'the two passwords differ, the password is wrong, or bcrypt does not accept the cost',
  interrupted: 'no password was given: Ctrl-C, Ctrl-D, end of input',
  tooLong: 'user name, password or record too long',
  user: 'a user name that cannot be stored; with `-v`, `passwd` and `remove`, an unknown user; with `add`, a known one',
  invalidFile: 'not a password file, or UTF-16 text; with `-v`, an empty hash',
  unverifiable: 'a record that cannot be verified',
}

/** For the help and the manual. */
export const examples = [
  ['htpasswd add mlflow-authfile admin', 'add a user; creates a missing file'],
  ['htpasswd passwd mlflow-authfile bob', 'change a password'],
  ['htpasswd remove mlflow-authfile bob', 'remove a user'],
  ['htpasswd serve --init -- mlflow server', 'put a login in front of a web app'],
  ['htpasswd -c mlflow-authfile admin', 'as with Apache: create a file'],
  ['htpasswd -B -C 12 mlflow-authfile bob', 'add or change a user, with bcrypt'],
  ['htpasswd -v mlflow-authfile admin', 'check a password'],
  ['echo secret | htpasswd -i users bob', 'from a script, without asking'],
  ['htpasswd --generate words users bob', 'generate a password and print it'],
] as const

/** What is printed for `--version`. */
export const versionLine = (): string => `htpasswd-kit ${packageVersion()}\n`

/**
 * Prints the help of the whole command on standard output, as wide as the terminal, at most 100 columns.
 *
 * @param name the program as it was called.
 */
export async function help(
  io: Pick<Io, 'out' | 'columns'>,
  commands: readonly Command[],
  name: string = programName(),
): Promise<number> {
  const program = yargs()
    .scriptName('htpasswd')
    .usage(['Usage:', ...synopsis.filter(form => form !== '')].join('\n  '))
    .help(false)
    .version(false)
    .locale('en')
    .wrap(Math.min(io.columns ?? 80, 100))
    .epilogue(
      "Without one of the commands the arguments are those of Apache's htpasswd; write ./serve for a password file of that name. " +
        '"htpasswd COMMAND --help" says more.',
    )
    .epilogue(name === 'htpasswd' ? '' : `You called it as ${name}: write that in place of htpasswd.`)
  for (const [command, describe] of examples) program.example(command, describe)
  for (const { name, describe } of commands) program.command(name, describe)
  const group = 'Options:'
  for (const { letter, describe } of classicOptions)
    program.option(letter, helpRow({ describe: describe.join(' '), group }))
  program.option('help', helpRow({ describe: 'Show this help.', alias: 'h', group }))
  program.option('version', helpRow({ describe: 'Show the version.', alias: 'V', group }))
  for (const [name, row] of Object.entries<Option>(longOptions)) program.option(name, helpRow(row))
  io.out(`${withDigits(await program.getHelp())}\n`)
  return ExitStatus.ok
}

/** yargs writes `--2` for an option whose name is a digit. */
const withDigits = (text: string): string => text.replace(/^ {6}--(\d) /gm, '  -$1      ')
