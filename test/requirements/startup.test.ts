// What the command says and refuses at its start: requirement 39, as the program prints it.
import { EventEmitter, once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serve as serveCommand } from '../../src/cli/commands/serve/command.ts'
import { hashPassword } from '../../src/hash/hash-password.ts'
import { eventually, freePort, startProgram } from '../support/outside-program.ts'
import { recordedIo } from '../support/recorded-io.ts'

const bin = join(import.meta.dirname, '../../bin/htpasswd.js')
const folder = mkdtempSync(join(tmpdir(), 'startup-'))
afterAll(() => rmSync(folder, { recursive: true }))

const serve = (...args: string[]) =>
  startProgram(process.execPath, [bin, 'serve', ...args], { cwd: folder, env: process.env })

beforeAll(async () => {
  writeFileSync(join(folder, 'users'), `alice:${await hashPassword('secret-of-alice', { cost: 10 })}\n`)
  writeFileSync(join(folder, 'weak'), `bob:${await hashPassword('secret-of-bob', { format: 'sha1' })}\n`)
  writeFileSync(join(folder, 'empty'), '')
  writeFileSync(join(folder, 'comments'), '# nobody yet\n\n')
})

/** What it says until it is ready and has said this. */
async function messageOf(until: string, ...args: string[]): Promise<string> {
  await using program = serve(...args)
  // awaited here, for the program ends with this block
  return await eventually('the message', () =>
    /Guarding .*\n(warning: .*\n)*/.test(program.output()) && program.output().includes(until)
      ? program.output()
      : undefined,
  )
}

describe('requirement 39: at its start the guard', () => {
  test('prints its address in one line if there is no terminal, and no warning', async () => {
    const port = await freePort()
    const app = createServer().listen(0, '127.0.0.1')
    await once(app, 'listening')
    const url = `http://127.0.0.1:${(app.address() as AddressInfo).port}`
    const output = await messageOf('\n', 'users', '--upstream', url, '--listen', `${port}`)
    app.close()
    // which is said where the tests run in a container
    const shown = output.replace(/ - from within this container only[^-]*--host 0\.0\.0\.0/, '')
    expect(shown).toBe(`Open http://127.0.0.1:${port} - Guarding ${url} with 1 user of users\n`)
  })

  test('prints its address and the three variables of the Python client at a terminal, if the app is MLflow', async () => {
    const app = createServer((request, response) => {
      response.statusCode = request.url === '/version' ? 200 : 404
      response.end('3.17.2')
    }).listen(0, '127.0.0.1')
    await once(app, 'listening')
    const upstream = String((app.address() as AddressInfo).port)
    const io = recordedIo({ terminals: [2] })
    const host = Object.assign(new EventEmitter(), { stdout: new PassThrough(), stderr: new PassThrough() })
    const status = serveCommand([join(folder, 'users'), '--upstream', upstream, '--port', '0'], io, host)
    await expect.poll(() => io.said.err).toContain('PASSWORD')
    host.emit('SIGTERM', 'SIGTERM')
    expect(await status).toBe(0)
    app.close()
    expect(io.said.err).toMatch(/^Open {2}http:\/\/127\.0\.0\.1:\d+ /)
    for (const set of [
      /TRACKING_URI='http:\/\/127\.0\.0\.1:/,
      /USERNAME='alice'/,
      /PASSWORD='your-password'/,
    ])
      expect(io.said.err).toMatch(set)
    expect(io.said.err).not.toContain('warning')
  })

  test('warns of plain HTTP on the network, of an app that others can reach, and of weak hashes', async () => {
    const port = await freePort()
    // an address for documentation (RFC 5737): nobody's
    const upstream = ['--upstream', 'http://192.0.2.77:5000']
    const output = await messageOf('user bob', 'weak', ...upstream, '--listen', `0.0.0.0:${port}`)
    const warnings = output.split('\n').filter(line => line.startsWith('warning: '))
    expect(warnings).toEqual([
      expect.stringMatching(/nothing answers at http:\/\/192\.0\.2\.77:5000 yet/),
      expect.stringMatching(/192\.0\.2\.77:5000 is on another machine: make sure that only the guard/),
      expect.stringMatching(/plain HTTP on every network .* Use --https/),
      expect.stringMatching(/^warning: user bob: sha1 .* htpasswd passwd weak NAME$/),
    ])
    expect(output).not.toContain('{SHA}')
  })

  test.each([
    ['missing', 'there is no such file', /htpasswd .*-c.* missing|--init/],
    ['empty', 'it is empty', /empty/],
    ['comments', 'nobody is in it', /comments/],
  ])('refuses the file "%s": %s', async (file, _, remedy) => {
    const program = serve(file, '--upstream', 'http://127.0.0.1:9', '--listen', `${await freePort()}`)
    expect(await program.ended).not.toBe(0)
    expect(program.output()).toMatch(remedy)
    expect(program.output()).not.toContain('Guarding')
  })
})
