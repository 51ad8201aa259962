// The command's entry: Apache's grammar, unless the first word is one of ours.

import { classic } from './apache/run.ts'
import { exactArguments } from './arguments.ts'
import { commands } from './commands.ts'
import { type Io, processIo } from './terminal/io.ts'

/** Runs the command and returns its exit status. */
export async function main(words: readonly string[], io: Io = processIo): Promise<number> {
  const argv = exactArguments(words)
  if (argv[0] === '--help' || argv[0] === '--version') return (await import('./help.ts')).help(argv, io)
  const command = commands.find(({ name }) => name === argv[0])
  if (command !== undefined) return (await command.load()).run(argv.slice(1), io)
  // they need as much as our commands do, and few runs have them
  if (argv.some(word => /^--./.test(word)))
    return (await import('./apache/long-options.ts')).classicWithLongOptions(argv, io)
  return classic(argv, io)
}
