// `htpasswd completion`: prints the script for a shell; when called by that script, prints the candidates at the
// cursor.

import { runCommand } from '../../options/run-command.ts'
import { type Command, type CommandSpec, helpOption, type OptionTable } from '../../options/table.ts'
import { usageError } from '../../options/usage-error.ts'
import type { Io } from '../../terminal/io.ts'
import { Output } from '../../terminal/output.ts'
import { candidates } from './candidates.ts'
import { type Shell, shells, stubs } from './stubs.ts'

const completionOptions = { help: helpOption } as const satisfies OptionTable

export const completionSpec: CommandSpec<typeof completionOptions> = {
  name: 'completion',
  synopsis: shells,
  firstPositional: shells,
  describe: 'Prints a script that completes commands, options, files and the user names in them.',
  options: completionOptions,
  epilogue: [
    'To install it in bash, zsh, fish or PowerShell:',
    ' htpasswd completion bash > ~/.local/share/bash-completion/completions/htpasswd',
    ' htpasswd completion zsh > "$fpath[1]/_htpasswd"',
    ' htpasswd completion fish > ~/.config/fish/completions/htpasswd.fish',
    ' htpasswd completion powershell >> $PROFILE',
  ].join('\n'),
}

/** @param commands the table of commands to complete. */
export function completion(argv: readonly string[], io: Io, commands: readonly Command[]): Promise<number> {
  return runCommand(completionSpec, argv, io, async ({ positionals, rest }) => {
    const shell = shellOf(positionals)
    if (rest.length === 0) io.out(stubs[shell])
    else await printCandidates(shell, rest, io, commands)
    return 0
  })
}

function shellOf(positionals: readonly string[]): Shell {
  const shell = shells.find(name => name === positionals[0]?.toLowerCase())
  if (shell !== undefined && positionals.length === 1) return shell
  throw usageError(`expected one of ${shells.join(', ')}, got ${positionals.join(' ') || 'nothing'}`)
}

async function printCandidates(
  shell: Shell,
  rest: readonly string[],
  io: Io,
  commands: readonly Command[],
): Promise<void> {
  // the script for PowerShell puts a character before the last argument, which may be empty
  const argv = shell === 'powershell' ? [...rest.slice(0, -1), (rest.at(-1) as string).slice(1)] : rest
  const current = argv.at(-1) as string
  // zsh and fish choose among the candidates themselves, as their user has configured
  const isFiltered = shell === 'bash' || shell === 'powershell'
  const { texts, paths } = await candidates(argv, commands)
  const output = new Output(io)
  for (const [text, description] of texts)
    if (!isFiltered || text.startsWith(current)) output.write(`${text}\t${description}\n`)
  if (paths && shell !== 'powershell') output.write(':paths\n')
  output.flush()
}
