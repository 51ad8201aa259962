// Where the values of a table's rows come from; the errors of each source are held in serve-options.test.ts.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { oneOf, text, wholeNumber } from '../../../../src/cli/options/table.ts'
import { parseOptions } from '../../../../src/cli/options/values.ts'

const folder = mkdtempSync(join(tmpdir(), 'option-values-'))
afterAll(() => rmSync(folder, { recursive: true }))
const config = join(folder, 'config.json')
writeFileSync(config, JSON.stringify({ file: 'users', size: 7, sweet: true, topping: ['c'], heat: 'low' }))

const spec = {
  name: 'bake',
  synopsis: [],
  describe: '',
  options: {
    size: { group: '', argument: 'N', describe: '', default: '3', read: wholeNumber(1, 9) },
    heat: { group: '', argument: 'HOW', describe: '', read: oneOf('low', 'high') },
    topping: { group: '', argument: 'WHAT', describe: '', repeatable: true, read: text },
    sweet: { group: '', describe: '' },
    config: { group: '', argument: 'FILE', describe: '', read: text },
  },
} as const

test('defaults, nothing and empty lists', () => {
  expect(parseOptions(spec, []).values).toEqual({
    size: 3,
    heat: undefined,
    topping: [],
    sweet: false,
    config: undefined,
  })
})

test('the command line wins over the environment, that over the config, that over the default', () => {
  const environment = { HTPASSWD_CONFIG: config, HTPASSWD_TOPPING: 'a, b', HTPASSWD_HEAT: '' }
  const parsed = parseOptions(spec, ['--size', '5'], environment)
  expect(parsed.values).toEqual({ size: 5, topping: ['a', 'b'], heat: 'low', sweet: true, config })
  expect(parsed.file).toBe('users')
  expect(parseOptions(spec, [], { ...environment, HTPASSWD_FILE: 'others' }).file).toBe('others')
})

test('without an environment nothing but the command line counts', () => {
  expect(parseOptions(spec, ['--no-sweet', 'word'])).toMatchObject({
    values: { sweet: false },
    positionals: ['word'],
    file: undefined,
  })
})
