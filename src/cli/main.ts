// The entry point: runs one of our own commands if the first argument is its name, and Apache's grammar otherwise.
import { classic } from './apache/run.ts'
import { exactArguments } from './arguments.ts'
import { commands } from './commands.ts'
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
  if (argv[0] === '--help' || argv[0] === '--version') return (await import('./help.ts')).help(argv, io)
  const command = commands.find(({ name }) => name === argv[0])
  if (command !== undefined) return (await command.load()).run(argv.slice(1), io)
  // few runs have long options, which need yargs and the option tables
  if (argv.some(argument => /^--./.test(argument)))
    return (await import('./apache/long-options.ts')).classicWithLongOptions(argv, io)
  return classic(argv, io)
}
