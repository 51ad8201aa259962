// A service as the tests of all managers take it, and words that are hard to quote.
import fc from 'fast-check'
import type { Service } from '../../src/cli/commands/service/plan.ts'

export const sample: Service = {
  name: 'guard-of-mlflow',
  atBoot: true,
  describe: 'http://127.0.0.1:5000',
  program: [
    '/opt/node/bin/node',
    '/opt/kit/bin/htpasswd.js',
    'serve',
    '/srv/lab/users',
    '--upstream=http://127.0.0.1:5000',
  ],
  folder: '/srv/lab',
  passwordFile: '/srv/lab/users',
  reads: ['/opt/node/bin/node', '/opt/kit/bin/htpasswd.js'],
  startsApp: false,
  lowPort: false,
}

const hard = [
  '',
  ' ',
  'a b',
  ' a ',
  'ä ö',
  '日本',
  '"',
  "'",
  '\\',
  '\\\\',
  '\\"',
  'a\\',
  'a b\\',
  '$',
  '$$',
  '$HOME',
  '%',
  '%%',
  '%n',
  ';',
  '&',
  '<',
  '>',
  '#',
  '--',
  '-x',
  '*',
  '?',
  '~',
  '`id`',
  '$(id)',
  '!',
  '|',
  '😀',
  'C:\\Users\\Jörg M\\users',
]

/** Words without control characters, half of them made of the characters that quoting is about. */
export const words = fc.array(
  fc.oneof(
    fc.constantFrom(...hard),
    fc.string({ unit: fc.constantFrom(...' "\'\\$%;&<>`!ab'.split('')), maxLength: 8 }),
    fc
      .string({ unit: 'grapheme', maxLength: 8 })
      .filter(word => !/[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]/.test(word)),
  ),
  { minLength: 1, maxLength: 6 },
)
