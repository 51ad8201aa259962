import { expect, test } from 'vitest'
import { parseClassic, UsageError, usage } from '../../../../src/cli/apache/grammar.ts'

test.each([
  ['f u', { mode: 'update', source: 'prompt', format: undefined, file: 'f', user: 'u', work: undefined }],
  ['-c f u', { mode: 'create' }],
  ['-bBC5 f u p', { source: 'argument', format: 'bcrypt', work: 5, password: 'p' }],
  ['-b -C 4 -B f u p', { format: 'bcrypt', work: 4 }],
  ['-C 4 -r 6 f u', { work: 6 }],
  ['-C +5 f u', { work: 5 }],
  ['-n u', { mode: 'print', file: undefined, user: 'u' }],
  ['-nb u p', { mode: 'print', password: 'p' }],
  ['-D f u', { mode: 'delete' }],
  ['-DD f u', { mode: 'delete' }],
  ['-bD f u p', { mode: 'delete', password: 'p' }],
  ['-vvb f u p', { mode: 'verify' }],
  ['-sB5 f u', { format: 'sha512crypt' }],
  ['-pm f u', { format: 'apr1', namesPlaintext: true }],
  ['-bi f u', { source: 'stdin', acceptsEmptyInput: true }],
  ['-ib f u p', { source: 'argument' }],
  ['-- f u', { file: 'f', user: 'u' }],
  ['-nb -- -u p', { user: '-u' }],
  ['-b - u p', { file: '-' }],
  ['-b f u -s', { format: undefined, password: '-s' }],
])('htpasswd %s', (words, command) => expect(parseClassic(words.split(' '))).toMatchObject(command))

const full = usage()
test.each([
  ['', full],
  ['f', full],
  ['f u p', full],
  ['-b f u', full],
  ['-n', full],
  ['-nn u', full],
  ['-z f u', `htpasswd: illegal option -- z\n${full}`],
  ['-bmz f u p', `htpasswd: illegal option -- z\n${full}`],
  ['-? f u', `htpasswd: illegal option -- ?\n${full}`],
  ['-C', `htpasswd: option requires an argument -- C\n${full}`],
  ['-bBC', `htpasswd: option requires an argument -- C\n${full}`],
  ['-C 0 f u', 'htpasswd: argument to -C/-r must be a positive integer\n'],
  ['-C -1 f u', 'htpasswd: argument to -C/-r must be a positive integer\n'],
  ['-r 1e3 f u', 'htpasswd: argument to -C/-r must be a positive integer\n'],
  ['-CbB u', 'htpasswd: argument to -C/-r must be a positive integer\n'],
  ['-cn u', 'htpasswd: only one of -c -n -v -D may be specified\n'],
  ['-vD', 'htpasswd: only one of -c -n -v -D may be specified\n'],
  ['--create f u', `htpasswd: unknown option --create; see htpasswd --help\n${full}`],
])('htpasswd %s is a mistake', (words, text) => {
  const parse = (): unknown => parseClassic(words.split(' ').filter(Boolean))
  expect(parse).toThrow(UsageError)
  expect(parse).toThrow(expect.objectContaining({ text, exitStatus: 2 }))
})
