// Sorting a command line by a grammar: options, words, the rest, errors that name the option, and the help text.
import { expect, test } from 'vitest'
import { helpOf, onlyFile, rejectUnknown, sortWords } from '../../../../src/cli/options/parse.ts'
import type { Grammar } from '../../../../src/cli/options/table.ts'

const grammar: Grammar = {
  name: 'bake',
  synopsis: ['[CAKE] --oven NAME', '--cold'],
  describe: 'Bakes a cake.',
  options: {
    oven: { group: 'Heat:', argument: 'NAME', describe: 'which oven', default: 'left', read: value => value },
    topping: {
      group: 'Taste:',
      argument: 'WHAT',
      repeatable: true,
      describe: 'on top',
      read: value => value,
    },
    cold: { group: 'Heat:', alias: 'k', describe: 'do not bake' },
  },
  epilogue: 'Enjoy.',
}

test('options go by name, words and what stands behind -- stay in order', () => {
  const sorted = sortWords(grammar, [
    'one',
    '--topping',
    'a',
    '--oven=right',
    'two',
    '--topping',
    'b',
    '-k',
    '--',
    '--oven',
    'x',
  ])
  expect(Object.fromEntries(sorted.options)).toEqual({ topping: ['a', 'b'], oven: 'right', cold: true })
  expect(sorted.words).toEqual(['one', 'two'])
  expect(sorted.rest).toEqual(['--oven', 'x'])
})

test('what looks like a number, a name with dots or dashes stays the text that it is', () => {
  expect(sortWords(grammar, ['0123', '1e3']).words).toEqual(['0123', '1e3'])
  expect(sortWords(grammar, ['--oven', '007']).options.get('oven')).toBe('007')
})

test.each<[string[], string]>([
  [['--ovem', 'x'], 'unknown option --ovem; did you mean --oven?'],
  [['--a.b'], 'unknown option --a.b; htpasswd bake --help lists all'],
  [['-x'], 'unknown option -x; htpasswd bake --help lists all'],
  [['--oven'], '--oven expected NAME behind it'],
])('%j is an error', (argv, message) => {
  expect(() => sortWords(grammar, argv)).toThrow(expect.objectContaining({ code: 'ERR_USAGE', message }))
})

test('a name from elsewhere is refused as it was written', () => {
  expect(() => rejectUnknown(grammar, 'topings', '"topings" in x')).toThrow(
    'unknown option "topings" in x; did you mean --topping?',
  )
  rejectUnknown(grammar, 'topping', '')
})

test('the help has forms, description, every row with its argument and default, and the last words', async () => {
  const help = (await helpOf(grammar, 100)).replace(/ {2,}/g, ' ')
  for (const part of [
    'htpasswd bake [CAKE] --oven NAME\nhtpasswd bake --cold\n',
    'Bakes a cake.',
    'Heat:\n --oven NAME: which oven [string] [default: left]\n -k, --cold do not bake [boolean]',
    '--topping WHAT: on top',
    'Enjoy.',
  ])
    expect(help).toContain(part)
})

test('an app is found where PowerShell took the -- in front of it', () => {
  const starts: Grammar = { ...grammar, wordsBeforeApp: 1 }
  const words = ['cake', '--oven', 'left', '-k', 'app', '--port', '5000']
  expect(sortWords(starts, words)).toEqual(sortWords(starts, words.toSpliced(4, 0, '--')))
  expect(sortWords(starts, words).rest).toEqual(['app', '--port', '5000'])
  // not where words may be many, where a -- stands, or where the app is named
  expect(sortWords(grammar, ['a', 'b']).words).toEqual(['a', 'b'])
  expect(sortWords(starts, ['a', 'b', '--', 'c']).words).toEqual(['a', 'b'])
  const named: Grammar = { ...starts, options: { demo: { group: 'x', describe: 'x' } } }
  expect(sortWords(named, ['a', 'b', '--demo']).words).toEqual(['a', 'b'])
})

test.each(Object.getOwnPropertyNames(Object.prototype))(
  'a name that every object has is an unknown option too: --%s',
  name => {
    for (const word of [`--${name}`, `--${name}=x`])
      expect(() => sortWords(grammar, [word])).toThrow(`unknown option --${name}`)
  },
)

test.each([
  [[], 'none'],
  [['a', 'b'], 'a b'],
])('one file is expected, not %j', (positionals, got) => {
  expect(onlyFile(['users'])).toBe('users')
  const error = { code: 'ERR_USAGE', message: `expected one password file, got ${got}` }
  expect(() => onlyFile(positionals)).toThrow(expect.objectContaining(error))
})
