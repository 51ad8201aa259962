// Finds the command of ours that a first argument names.
import { kindOfPath } from '../password-file.ts'
import type { Command } from './table.ts'

/** The row of a name or an alias. */
export const commandNamed = (name: string | undefined, commands: readonly Command[]): Command | undefined =>
  commands.find(command => command.name === name || (name !== undefined && command.aliases?.includes(name)))

/**
 * The command that a command line runs; undefined for Apache's grammar.
 *
 * `htpasswd users alice` is Apache's grammar if the file `users` exists and `alice` is not a file: a script that updates a
 * file of this name goes on working. The names that have always been commands win over a file.
 */
export function commandOf(argv: readonly string[], commands: readonly Command[]): Command | undefined {
  const [first, second = '-'] = argv
  const command = commandNamed(first, commands)
  if (command === undefined || argv.length !== 2 || second.startsWith('-')) return command
  const isFixed = command.winsOverFile === true && command.name === first
  const isApache = !isFixed && kindOfPath(first as string) === 'file' && kindOfPath(second) !== 'file'
  return isApache ? undefined : command
}
