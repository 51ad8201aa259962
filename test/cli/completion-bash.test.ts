// The script for bash, at an interactive bash without any other completion.
import { bashScript } from '../../src/cli/completion-bash.ts'
import { testCompletion } from './completion-lines.ts'

testCompletion('bash', ['--norc', '--noprofile', '-i'], 'source $1', bashScript)
