// One run in this process: what was opened is closed again, also where the start fails half-way.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, expect, test } from 'vitest'
import { parseServe } from '../../../src/cli/commands/serve/request.ts'
import { GuardRun } from '../../../src/cli/commands/serve/run.ts'
import { freePort } from '../../support/outside-program.ts'

const folder = mkdtempSync(join(tmpdir(), 'serve-run-'))
afterAll(() => rmSync(folder, { recursive: true }))
const users = join(folder, 'users')
writeFileSync(users, 'bob:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n')

const makeRun = (args: string[], said: string[] = []): GuardRun => {
  const io = {
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    env: process.env,
    platform: process.platform,
    isTerminal: false,
  } as const
  return new GuardRun(parseServe([users, ...args], {}), io, text => said.push(text))
}
const refused = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(false)
    }).on('error', () => resolve(true))
  })

test('start tells what it guards; stop frees the port', async () => {
  const port = await freePort()
  const said: string[] = []
  const run = makeRun(['--demo', '--listen', String(port)], said)
  const ended = run.start()
  await expect.poll(() => said.join()).toContain('Guarding the built-in demo page with 1 user')
  expect(said.join()).toContain('user bob: sha1 is easily guessed')
  expect(await refused(port)).toBe(false)
  await run.stop()
  expect(await refused(port)).toBe(true)
  void ended
})

test('where the app does not start, the port is free again after stop', async () => {
  const port = await freePort()
  const run = makeRun([
    '--listen',
    String(port),
    '--',
    'no-such-program-at-all',
    '--port',
    String(await freePort()),
  ])
  await expect(run.start()).rejects.toThrow(/could not be started/)
  await run.stop()
  expect(await refused(port)).toBe(true)
})

test('a stop during the start ends the app that is waited for', async () => {
  const said: string[] = []
  const run = makeRun(
    [
      '--listen',
      '0',
      '--',
      process.execPath,
      '-e',
      'setInterval(() => {}, 1000)',
      '--',
      '--port',
      String(await freePort()),
    ],
    said,
  )
  const ended = run.start()
  ended.catch(() => {})
  await expect.poll(() => said.join()).toContain('waiting for it')
  await run.stop()
  expect(said.join()).toContain('to end; Ctrl-C again ends it at once')
  await expect(ended).rejects.toThrow(/ended with signal SIGTERM/)
  expect(said.join()).not.toContain('Guarding')
})
