// The pictures of the documents show what the command prints now, and are small.
import { readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startupMessage } from '../../src/cli/commands/serve/startup-message.ts'

const place = (name: string): string => fileURLToPath(new URL(`../../docs/${name}`, import.meta.url))

test('the terminal shows what serve says at its start; else: npm run screenshots', () => {
  const lines = [...readFileSync(place('terminal.svg'), 'utf8').matchAll(/<text[^>]*>(.*)<\/text>/g)]
  // the picture wraps lines as a terminal does
  const shown = lines.map(([, line = '']) => line.replaceAll(/&#(\d+);/g, (_, c) => String.fromCharCode(c)))
  const said = startupMessage({
    file: '.htpasswd',
    users: [['admin', '$2y$12$abcdefghijklmnopqrstuuMmTxU5HrGxEJhWmQ0yQvIhQWdDZ0zQK']],
    listen: [{ host: '127.0.0.1', port: 8080 }],
    scheme: 'http',
    prefix: '',
    guarded: 'http://127.0.0.1:5000',
    mlflow: 'started',
    platform: 'linux',
    env: {},
  })
  expect(shown.join('')).toContain(said.trimEnd().replaceAll('\n', ''))
})

test.each([
  'terminal.svg',
  'login.webp',
  'mlflow.webp',
  'page-401.webp',
  'page-502.webp',
  'sign-in.webp',
  'sign-in-dark.webp',
  'sign-out.webp',
  'account.webp',
])('%s is small', name => {
  expect(statSync(place(name)).size).toBeLessThan(60_000)
})
