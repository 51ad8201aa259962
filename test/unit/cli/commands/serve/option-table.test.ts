// The option table of `serve`: what commands.test.ts does not ask of every table.
import { expect, test } from 'vitest'
import { serveGrammar, serveOptions } from '../../../../../src/cli/commands/serve/option-table.ts'

test('the options that hold a path take FILE, so that completion and the service find them', () => {
  const files = Object.entries(serveOptions).filter(([, row]) => 'argument' in row && row.argument === 'FILE')
  expect(files.map(([name]) => name)).toEqual([
    'generate-to',
    'password-file',
    'tls-cert',
    'tls-key',
    'config',
  ])
})

test('every form names only options that are there', () => {
  const named = serveGrammar.synopsis.join(' ').match(/--[a-z-]{2,}/g) ?? []
  expect(named.length).toBeGreaterThan(0)
  for (const option of named) expect(Object.keys(serveOptions)).toContain(option.slice(2))
})
