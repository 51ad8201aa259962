import { describe, expect, test } from 'vitest'
import type { CommandSpec } from '../../../../src/cli/options/table.ts'
import { parseOptions } from '../../../../src/cli/options/values.ts'
import { passwordOptions } from '../../../../src/cli/password/options.ts'

const grammar: CommandSpec<typeof passwordOptions> = {
  name: 'test',
  synopsis: ['FILE'],
  describe: 'A test.',
  options: passwordOptions,
}
const parse = (line: string) => parseOptions(grammar, line.split(' '))

describe('--generate', () => {
  test.each([
    ['--generate users', { length: 20 }, ['users']],
    ['users --generate', { length: 20 }, ['users']],
    ['--generate 24 users', { length: 24 }, ['users']],
    ['--generate=24 users', { length: 24 }, ['users']],
    ['--generate words users', { words: 6 }, ['users']],
    ['--generate=words 24', { words: 6 }, ['24']],
  ])('%s', (line, generate, positionals) => {
    const parsed = parse(line)
    expect({ generate: parsed.values.generate, positionals: parsed.positionals }).toEqual({
      generate,
      positionals,
    })
  })

  test.each(['--generate=7', '--generate=73', '--generate=word', '--generate='])('%s is refused', word => {
    expect(() => parse(word)).toThrow(/--generate expected "words" or a number of characters from 8 to 72/)
  })
})

test('the others take a word', () => {
  const { values } = parse('--password-file p --password-env NAME --password-fd 3 --generate-to out')
  expect(values).toEqual({
    generate: undefined,
    'generate-to': 'out',
    'password-file': 'p',
    'password-env': 'NAME',
    'password-fd': 3,
  })
})
