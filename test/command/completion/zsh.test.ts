// The script for zsh, at an interactive zsh with nothing but its own completion system.
import { testCompletion } from '../completion-lines.ts'

testCompletion(
  'zsh',
  ['-f', '-i'],
  'autoload -Uz compinit && compinit -D -u; source $1',
  'put users into a group',
)
