// The entry point: runs one of our own commands if the first argument is its name, and Apache's grammar otherwise.
import { ExitStatus } from '../errors.ts'
import { classic, type Explain } from './apache/run.ts'
import { exactArguments } from './arguments.ts'
import { commands } from './commands.ts'
import { commandOf } from './options/command-name.ts'
import { type Io, processIo } from './terminal/io.ts'
import { reportErrors } from './terminal/output.ts'
import { asCalled } from './terminal/program-name.ts'

/** Runs the command and returns its exit status. */
export const main = (args: readonly string[], io: Io = processIo): Promise<number> =>
  reportErrors(
    io,
    () => dispatch(exactArguments(args), io),
    error => `htpasswd: ${asCalled(error.message)}\n`,
  )

async function dispatch(argv: readonly string[], io: Io): Promise<number> {
  const [first] = argv
  if (first === '--help' || first === '-h') return (await import('./help.ts')).help(io, commands)
  if (first === '--version' || first === '-V') {
    io.out((await import('./help.ts')).versionLine())
    return ExitStatus.ok
  }
  const command = commandOf(argv, commands)
  if (command !== undefined) {
    const { run } = await command.load()
    return run(argv.slice(1), first === command.name ? io : { ...io, alias: first as string })
  }
  const explain: Explain = async failed =>
    (await import('./apache/suggestion.ts')).suggestionFor(argv, commands, failed)
  // few runs have long options, which need yargs and the option tables
  if (argv.some(argument => /^--./.test(argument)))
    return (await import('./apache/long-options.ts')).classicWithLongOptions(argv, io, explain)
  return classic(argv, io, explain)
}
