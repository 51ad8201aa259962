// Verifies the column of docs/sign-in.md that is about this package.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { answersOf, products } from '../../build/docs/sign-in-questions.js'
import { findProgram, skipReason } from '../support/outside-program.ts'
import { redisServer } from '../support/redis-server.ts'

const missing = skipReason({ 'redis-server': redisServer, python3: findProgram('python3') })

test.skipIf(missing)('serve --login answers as the table says', { timeout: 120_000 }, async () => {
  const page = readFileSync(new URL('../../docs/sign-in.md', import.meta.url), 'utf8')
  const [, comparison = ''] = page.split('<!-- comparison -->')
  const rows = comparison
    .split('\n')
    .filter(line => line.startsWith('|'))
    .map(line => line.split('|').map(cell => cell.trim()))
  const expected = Object.fromEntries(rows.slice(2).map(([, question = '', , ours = '']) => [question, ours]))
  expect(await answersOf(products['`htpasswd serve --login`'])).toEqual(expected)
})
