import { expect, test } from 'vitest'
import { listGrammar } from '../../src/cli/list-options.ts'
import { parseOptions } from '../../src/cli/option-values.ts'

test('switches, a file and a pattern', () => {
  const { values, words } = parseOptions(listGrammar, ['users', '--weak', 'a*', '--json'])
  expect({ ...values, words }).toEqual({ weak: true, json: true, help: false, words: ['users', 'a*'] })
})
