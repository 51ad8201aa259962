// The script for fish, at an interactive fish without a configuration.
import { testCompletion } from '../completion-lines.ts'

testCompletion('fish', ['--no-config', '-i'], 'source $1', 'put users into a group')
