// `htpasswd completion`: prints the script for one shell, made from the option tables.
// yargs has such scripts for bash and zsh only, they start the command at every Tab, and they know nothing of users.

import { usageError } from '../../options/parse.ts'
import { runCommand } from '../../options/run-command.ts'
import type { Command } from '../../options/table.ts'
import type { Io } from '../../terminal/io.ts'
import { bashScript } from './bash.ts'
import { fishScript } from './fish.ts'
import { type CompletionScript, modelOf } from './model.ts'
import { completionGrammar, type Shell, shells } from './options.ts'
import { powershellScript } from './powershell.ts'
import { zshScript } from './zsh.ts'

const scripts: Readonly<Record<Shell, CompletionScript>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
  powershell: powershellScript,
}

/** @param commands the table of commands that the script completes. */
export function completion(argv: readonly string[], io: Io, commands: readonly Command[]): Promise<number> {
  return runCommand(completionGrammar, argv, io, async ({ words }) => {
    io.out(scripts[shellOf(words)](await modelOf(commands)))
    return 0
  })
}

function shellOf(words: readonly string[]): Shell {
  const shell = shells.find(one => one === words[0]?.toLowerCase())
  if (shell !== undefined && words.length === 1) return shell
  throw usageError(`expected one of ${shells.join(', ')}, got ${words.join(' ') || 'nothing'}`)
}
