import { expect, test } from 'vitest'
import { targetNames } from '../../../../src/check/servers.ts'
import { checkGrammar } from '../../../../src/cli/commands/check-options.ts'
import { parseOptions } from '../../../../src/cli/options/values.ts'

test.each(targetNames)('--for %s', name => {
  expect(parseOptions(checkGrammar, ['users', '--for', name]).values.for).toBe(name)
})

test('another server is refused with the list of those that are known', () => {
  expect(() => parseOptions(checkGrammar, ['users', '--for', 'iis'])).toThrow(
    `--for expected one of ${targetNames.join(', ')}, got "iis"`,
  )
})
