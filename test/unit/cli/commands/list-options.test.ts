import { expect, test } from 'vitest'
import { listGrammar } from '../../../../src/cli/commands/list-options.ts'
import { parseOptions } from '../../../../src/cli/options/values.ts'

test('switches, a file and a pattern', () => {
  const { values, words } = parseOptions(listGrammar, ['users', '--weak', 'a*', '--json'])
  expect({ ...values, words }).toEqual({ weak: true, json: true, help: false, words: ['users', 'a*'] })
})
