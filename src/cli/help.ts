// `htpasswd --help` and `--version`, with yargs: the part of the command that is not Apache's.
import yargs from 'yargs'
import { ExitStatus } from '../errors.ts'
import { packageVersion } from '../platform/resources.ts'
import { classicOptions, synopsis } from './apache/grammar.ts'
import { longOptions } from './apache/long-options.ts'
import { commands } from './commands.ts'
import type { Option } from './options/table.ts'
import type { Io } from './terminal/io.ts'

/** For the manual page and the documents. */
export const exitStatusMeanings: Readonly<Record<keyof typeof ExitStatus, string>> = {
  ok: 'done',
  file: 'the file, or standard output, could not be opened or written',
  syntax: 'a mistake in the arguments, or a password that cannot be stored',
  verification: 'the two passwords differ, the password is wrong, or bcrypt does not accept the cost',
  interrupted: 'no password was given: Ctrl-C, Ctrl-D, end of input',
  tooLong: 'user name, password or record too long',
  user: 'a user name that cannot be stored; with `-v`, an unknown user',
  invalidFile: 'not a password file, or UTF-16 text; with `-v`, an empty hash',
  unverifiable: 'a record that cannot be verified',
}

/** For the help and the manual. */
export const examples = [
  ['htpasswd -c mlflow-authfile admin', 'create a file with a first user; asks for the password'],
  ['htpasswd -B -C 12 mlflow-authfile bob', 'add or change a user, with bcrypt'],
  ['htpasswd -v mlflow-authfile admin', 'check a password'],
  ['htpasswd -D mlflow-authfile bob', 'remove a user'],
  ['echo secret | htpasswd -i mlflow-authfile bob', 'from a script, without asking'],
  ['htpasswd -B --generate words mlflow-authfile bob', 'generate a password and print it, this once'],
  ['htpasswd serve users -- mlflow server', 'put a login in front of a web app; see htpasswd serve --help'],
] as const

/** Prints help or the version on standard output. */
export async function help(argv: readonly string[], io: Io): Promise<number> {
  const program = yargs()
    .scriptName('htpasswd')
    .usage(['Usage:', ...synopsis.filter(form => form !== '')].join('\n  '))
    .version(packageVersion())
    .locale('en')
    .wrap(100)
    .exitProcess(false)
    .epilogue(
      "Without one of the commands the arguments are those of Apache's htpasswd; write ./serve for a password file of that name. " +
        '`htpasswd COMMAND --help` says more.',
    )
  for (const [command, describe] of examples) program.example(command, describe)
  for (const { name, describe } of commands) program.command(name, describe)
  for (const option of classicOptions) {
    const takesValue = 'takesValue' in option
    program.option(option.letter, {
      describe: option.describe.join(' '),
      type: takesValue ? 'number' : 'boolean',
      group: 'Options:',
    })
  }
  for (const [name, { argument, describe, group }] of Object.entries<Option>(longOptions)) {
    if (argument === undefined) program.option(name, { describe, type: 'boolean', group })
    else program.option(name, { describe: `${argument}: ${describe}`, type: 'string', group })
  }
  await program.parse([...argv], {}, (_error, _argv, output) => io.out(`${output}\n`))
  return ExitStatus.ok
}
