// The option table by itself: each row can be shown and read.
import { expect, test } from 'vitest'
import { environmentName, serveRows } from '../../src/cli/serve-option-table.ts'

test.each(serveRows)('--%s has a description, and a default that it accepts itself', (_, row) => {
  expect(row.describe).not.toBe('')
  expect(row.argument === undefined).toBe(row.read === undefined)
  if (row.default !== undefined) expect(row.read?.(row.default)).toBeDefined()
})

test('an option is an environment variable in capitals', () => {
  expect(environmentName('allow-path')).toBe('HTPASSWD_ALLOW_PATH')
})
