// Tokens from the command to the app, through several workers, while Apache's own htpasswd removes the owner and adds the
// user again.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { eventually, findProgram, freePort, skipReason, startProgram } from '../support/outside-program.ts'

const bin = fileURLToPath(new URL('../../bin/htpasswd.js', import.meta.url))
const apache = findProgram('htpasswd')
const folder = mkdtempSync(join(tmpdir(), 'tokens-served-'))
const file = join(folder, 'users')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function run(program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return stdout.trim()
}
const ours = (...args: string[]): string => run(process.execPath, bin, ...args)
const apaches = (...args: string[]): string => run(apache ?? '', ...args)

describe.skipIf(process.platform === 'win32' || skipReason({ 'Apache’s htpasswd': apache }))('serve', () => {
  test('accepts a token that is made while it runs, in every worker, as long as its owner is the same', async () => {
    apaches('-cbB', file, 'ann', 'wonderland')
    ours('add', file, 'nightly', '--service-account')
    const port = await freePort()
    await using serve = startProgram(process.execPath, [
      ...[bin, 'serve', file, '--demo', '--workers', '2', '--max-failures', '0'],
      ...['--listen', `127.0.0.1:${port}`],
    ])
    await eventually('the start', () => (/(?:Guarding|listens)/i.test(serve.output()) ? true : undefined))
    const status = async (authorization: string, method = 'GET') =>
      (await fetch(`http://127.0.0.1:${port}/`, { method, headers: { authorization, connection: 'close' } }))
        .status
    /** The statuses of eight connections, which both workers get some of. */
    const bearer = async (token: string, method?: string) =>
      new Set(await Promise.all(Array.from({ length: 8 }, () => status(`Bearer ${token}`, method))))
    const basic = (user: string, password: string): string =>
      `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

    const ann = ours('token', 'add', file, 'ann', '--name', 'laptop')
    const nightly = ours('token', 'add', file, 'nightly', '--name', 'gpu3', '--scope', 'read')
    expect(await bearer(ann)).toEqual(new Set([200]))
    expect(await bearer(nightly)).toEqual(new Set([200]))
    expect(await bearer(nightly, 'POST')).toEqual(new Set([403]))
    expect(await status(basic('ann', ann))).toBe(200)
    expect(await status(basic('nightly', ann))).toBe(401)
    for (const password of ['*', '', readFileSync(file, 'utf8').split(':').at(-1)?.trim() ?? ''])
      expect(await status(basic('nightly', password))).toBe(401)

    // a new password that this command sets keeps the token, one that Apache's sets needs rebind
    ours('-bB', file, 'ann', 'looking-glass')
    expect(await bearer(ann)).toEqual(new Set([200]))
    apaches('-bB', file, 'ann', 'jabberwock')
    expect(await bearer(ann)).toEqual(new Set([401]))
    ours('token', 'rebind', file, 'ann')
    expect(await bearer(ann)).toEqual(new Set([200]))

    apaches('-D', file, 'ann')
    apaches('-bB', file, 'ann', 'jabberwock')
    expect(await bearer(ann)).toEqual(new Set([401]))
    expect(await status(basic('ann', 'jabberwock'))).toBe(200)
    expect(serve.output()).toMatch(/token \w{8} of "ann" is refused: .*htpasswd token rebind/)

    ours('token', 'revoke', file, '--user', 'nightly')
    expect(await bearer(nightly)).toEqual(new Set([401]))
    for (const token of [ann, nightly]) expect(serve.output()).not.toContain(token.slice(12))
    expect(serve.output()).toContain(`token:${nightly.slice(4, 12)}`)
  })

  test('the days of use are written, and listed', async () => {
    const list = () => ours('token', 'list', file)
    expect(list()).toMatch(/ann .*\d{4}-\d\d-\d\d {2}record changed/)
  })
})
