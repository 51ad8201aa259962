// `htpasswd help` and `htpasswd version`: the same as --help and --version.
import { ExitStatus } from '../../errors.ts'
import { help as helpOfAll, versionLine } from '../help.ts'
import { commandNamed } from '../options/command-name.ts'
import { nearestName } from '../options/nearest-name.ts'
import { runCommand } from '../options/run-command.ts'
import { type Command, type CommandSpec, helpOption, jsonOption, type OptionTable } from '../options/table.ts'
import { usageError } from '../options/usage-error.ts'
import type { Io } from '../terminal/io.ts'

const helpOptions = { help: helpOption } as const satisfies OptionTable

/** @param commands the table of commands, for the completion of their names. */
export const helpSpec = (commands: readonly Command[]): CommandSpec<typeof helpOptions> => ({
  name: 'help',
  synopsis: ['[COMMAND]'],
  firstPositional: commands.map(({ name }) => name),
  describe: 'Shows the help of the program, or of one command.',
  options: helpOptions,
})

/** Runs the command and returns its exit status. */
export function help(argv: readonly string[], io: Io, commands: readonly Command[]): Promise<number> {
  return runCommand(helpSpec(commands), argv, io, async ({ positionals }) => {
    const [name, ...more] = positionals
    if (name === undefined) return helpOfAll(io, commands)
    const command = commandNamed(name, commands)
    if (command !== undefined) {
      const { spec, run } = await command.load()
      // `help group add`
      if (more.every(word => Object.hasOwn(spec.actions ?? {}, word))) return run(['--help'], io)
    }
    const nearest = nearestName(
      name,
      commands.map(row => row.name),
    )
    const hint = nearest === undefined ? 'see htpasswd --help' : `did you mean: htpasswd help ${nearest}`
    throw usageError(`expected the name of a command, got ${positionals.join(' ')}; ${hint}`)
  })
}

const versionOptions = { json: jsonOption, help: helpOption } as const satisfies OptionTable

export const versionSpec: CommandSpec<typeof versionOptions> = {
  name: 'version',
  synopsis: [''],
  describe: 'Prints the name and version of this program.',
  options: versionOptions,
}

/** Runs the command and returns its exit status. */
export function version(argv: readonly string[], io: Io): Promise<number> {
  return runCommand(versionSpec, argv, io, ({ positionals, values }) => {
    if (positionals.length > 0) throw usageError(`expected no arguments, got ${positionals.join(' ')}`)
    const [name, number] = versionLine().trimEnd().split(' ')
    io.out(values.json ? `${JSON.stringify({ name, version: number })}\n` : versionLine())
    return ExitStatus.ok
  })
}
