// `npm start` does the main job with nothing given, and is the command itself with words behind "--".
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { eventually, freePort, startProgram } from '../support/outside-program.ts'
import { ask, basic } from '../support/raw-client.ts'

const script = fileURLToPath(new URL('../../bin/start.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'start-'))
afterAll(() => rmSync(folder, { recursive: true }))

test.each([
  ['without words', (port: number) => ({ words: [], env: { HTPASSWD_LISTEN: String(port) } })],
  ['with an option of the guard', (port: number) => ({ words: ['--listen', String(port)], env: {} })],
])('%s: a user, a guard, a page', async (name, setUp) => {
  const port = await freePort()
  const { words, env } = setUp(port)
  const file = join(folder, name.replaceAll(' ', '-'))
  await using program = startProgram(process.execPath, [script, ...words], {
    cwd: folder,
    env: { ...process.env, ...env, HTPASSWD_FILE: file },
  })
  await eventually(
    'the start',
    () => program.output().includes('Guarding the built-in demo page') || undefined,
  )
  const password = /shown this once: (\w+)/.exec(program.output())?.[1] ?? ''
  expect((await ask({ port })).status).toBe(401)
  expect((await ask({ port, headers: [basic('admin', password)] })).status).toBe(200)
})

test.each([
  [['-nbs', 'u', 'pw'], /^u:\{SHA\}/],
  [['--version'], /^htpasswd-kit \d+\.\d+\.\d+\n$/],
  [['--help'], /htpasswd -c mlflow-authfile admin/],
  [['serve', '--help'], /--upstream/],
])('with %j: the command', (words, output) => {
  const { stdout, status } = spawnSync(process.execPath, [script, ...words], {
    cwd: folder,
    encoding: 'utf8',
  })
  expect(status).toBe(0)
  expect(stdout).toMatch(output)
})

test('with -c FILE NAME: a password file', () => {
  const words = ['-cbB', 'mlflow-authfile', 'admin', 'pw']
  expect(spawnSync(process.execPath, [script, ...words], { cwd: folder }).status).toBe(0)
  expect(readFileSync(join(folder, 'mlflow-authfile'), 'utf8')).toMatch(/^admin:\$2y\$/)
})
