// Sorting a command line by a spec: options, words, the rest, errors that name the option, and the help text.
import { expect, test } from 'vitest'
import { helpOf, onlyFile, parseArgv } from '../../../../src/cli/options/parse.ts'
import type { CommandSpec } from '../../../../src/cli/options/table.ts'
import { rejectUnknown } from '../../../../src/cli/options/unknown-option.ts'

const spec: CommandSpec = {
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
  const parsed = parseArgv(spec, [
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
  expect(Object.fromEntries(parsed.options)).toEqual({ topping: ['a', 'b'], oven: 'right', cold: true })
  expect(parsed.positionals).toEqual(['one', 'two'])
  expect(parsed.rest).toEqual(['--oven', 'x'])
})

test('what looks like a number, a name with dots or dashes stays the text that it is', () => {
  expect(parseArgv(spec, ['0123', '1e3']).positionals).toEqual(['0123', '1e3'])
  expect(parseArgv(spec, ['--oven', '007']).options.get('oven')).toBe('007')
})

test.each<[string[], string]>([
  [['--ovem', 'x'], 'unknown option --ovem; did you mean --oven?'],
  [['--a.b'], 'unknown option --a.b; see htpasswd bake --help'],
  [['-x'], 'unknown option -x; see htpasswd bake --help'],
  [['--oven'], '--oven needs NAME'],
])('%j is an error', (argv, message) => {
  expect(() => parseArgv(spec, argv)).toThrow(expect.objectContaining({ code: 'ERR_USAGE', message }))
})

test('a name from elsewhere is refused as it was written', () => {
  expect(() => rejectUnknown(spec, 'topings', '"topings" in x')).toThrow(
    'unknown option "topings" in x; did you mean --topping?',
  )
  rejectUnknown(spec, 'topping', '')
})

test('the help has forms, description, every row with its argument and default, and the last words', async () => {
  const help = (await helpOf(spec, 100)).replace(/ {2,}/g, ' ')
  for (const part of [
    'htpasswd bake [CAKE] --oven NAME\nhtpasswd bake --cold\n',
    'Bakes a cake.',
    'Heat:\n --oven NAME: which oven [default: left]\n -k, --cold do not bake',
    '--topping WHAT: on top',
    'Enjoy.',
  ])
    expect(help).toContain(part)
})

test('an app is found where PowerShell took the -- in front of it', () => {
  const starts: CommandSpec = { ...spec, positionalsBeforeApp: 1 }
  const words = ['cake', '--oven', 'left', '-k', 'app', '--port', '5000']
  expect(parseArgv(starts, words)).toEqual(parseArgv(starts, words.toSpliced(4, 0, '--')))
  expect(parseArgv(starts, words).rest).toEqual(['app', '--port', '5000'])
  // not where words may be many, where a -- stands, or where the app is named
  expect(parseArgv(spec, ['a', 'b']).positionals).toEqual(['a', 'b'])
  expect(parseArgv(starts, ['a', 'b', '--', 'c']).positionals).toEqual(['a', 'b'])
  const named: CommandSpec = { ...starts, options: { demo: { group: 'x', describe: 'x' } } }
  expect(parseArgv(named, ['a', 'b', '--demo']).positionals).toEqual(['a', 'b'])
})

test.each(Object.getOwnPropertyNames(Object.prototype))(
  'a name that every object has is an unknown option too: --%s',
  name => {
    for (const word of [`--${name}`, `--${name}=x`])
      expect(() => parseArgv(spec, [word])).toThrow(`unknown option --${name}`)
  },
)

test('one file at most is expected, and without one it is the default', () => {
  expect(onlyFile(['users'], {})).toBe('users')
  expect(onlyFile([], {})).toBe('.htpasswd')
  expect(onlyFile([], { HTPASSWD_FILE: '/srv/users' })).toBe('/srv/users')
  const error = { code: 'ERR_USAGE', message: 'expected one password file, got 2 arguments' }
  expect(() => onlyFile(['a', 'b'], {})).toThrow(expect.objectContaining(error))
})
