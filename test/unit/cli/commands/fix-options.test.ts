import { expect, test } from 'vitest'
import { fixGrammar } from '../../../../src/cli/commands/fix-options.ts'
import { parseOptions } from '../../../../src/cli/options/values.ts'

test('-y is --yes', () => {
  const { values, words } = parseOptions(fixGrammar, ['users', '-y', '--dry-run'])
  expect({ ...values, words }).toEqual({
    yes: true,
    'dry-run': true,
    json: false,
    help: false,
    words: ['users'],
  })
})
