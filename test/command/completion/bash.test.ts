// The script for bash, at an interactive bash without any other completion, and without what bash 3 of macOS lacks.
import { testCompletion } from '../completion-lines.ts'

const words = ['--norc', '--noprofile', '-i']
testCompletion('bash', words, 'source $1')
testCompletion('bash', words, 'enable -n compopt; source $1')
