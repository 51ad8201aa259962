// The arguments of the command, parsed.
import { expect, test } from 'vitest'
import { importSpec } from '../../../../../src/cli/commands/import/options.ts'
import { parseOptions } from '../../../../../src/cli/options/values.ts'

const parse = (...argv: string[]) => parseOptions(importSpec, argv)

test('without options it is bcrypt, and a conflict is a mistake', () => {
  const { positionals, values } = parse('users', 'new.csv')
  expect(positionals).toEqual(['users', 'new.csv'])
  expect(values).toMatchObject({
    hash: 'bcrypt',
    values: 'auto',
    'on-conflict': 'fail',
    'dry-run': false,
    json: false,
  })
  expect([values.cost, values.rounds, values.format, values.generate]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})

test('- is a positional', () => expect(parse('users', '-').positionals).toEqual(['users', '-']))

test('--generate takes no file for its argument', () => {
  const { positionals, values } = parse('--generate', 'users', 'new.csv')
  expect({ positionals, generate: values.generate }).toEqual({
    positionals: ['users', 'new.csv'],
    generate: { length: 20 },
  })
})

test.each([
  ['--hash plaintext', '--hash expected one of bcrypt, sha512crypt'],
  ['--cost 3', '--cost expected a whole number from 4 to 17, got "3"'],
  ['--rounds 999', '--rounds expected a whole number from 1000 to 10000000, got "999"'],
  ['--on-conflict ask', '--on-conflict expected one of fail, skip, update'],
  ['--format xml', '--format expected one of csv, jsonl, lines'],
])('%s is refused', (words, message) => {
  expect(() => parse('users', ...words.split(' '))).toThrow(message)
})
