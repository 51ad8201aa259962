// The package with other runtimes, package managers and test runners: Bun, Deno, pnpm, Jest.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { skipReason } from '../support/outside-program.ts'
import { installPackage } from './installed-package.ts'

const installed = installPackage()
const folder = installed?.folder ?? ''
const runtimes = join(import.meta.dirname, '../../.cache/runtimes/node_modules')
const find = (...path: string[]): string | undefined => [join(runtimes, ...path)].find(existsSync)
const bun = find('@oven/bun-linux-x64/bin/bun')
const deno = find('@deno/linux-x64-glibc/deno')
const pnpm = find('pnpm/bin/pnpm.mjs')
const jest = find('jest/bin/jest.js')
const home = mkdtempSync(join(tmpdir(), 'runtimes-'))
afterAll(() => {
  installed?.[Symbol.dispose]()
  rmSync(home, { recursive: true, force: true })
})
const missing = (name: string, path: string | undefined): string | undefined =>
  skipReason({
    'the npm registry, or its packages in npm’s cache': installed?.folder,
    [`${name} in .cache/runtimes`]: path,
  })

const env = { ...process.env, HOME: home, CI: '', DENO_NO_UPDATE_CHECK: '1' }
function run(cwd: string, program: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, env, encoding: 'utf8', timeout: 60_000 })
  return { status, stdout, stderr }
}

/** Creates a user, and logs in at the middleware: files, locks, threads and requests. */
const program = `import { createServer } from 'node:http'
import { Authenticator, basicAuth, HtpasswdFile, hashPassword } from 'htpasswd-kit'
const hash = await hashPassword('wonderland', { cost: 8 })
await HtpasswdFile.update('users', document => document.set('alice', hash), { create: true })
const authenticator = new Authenticator(await HtpasswdFile.open('users'))
const login = basicAuth(authenticator)
const server = createServer((req, res) => login(req, res, () => res.end(req.auth.user))).listen(0, '127.0.0.1')
await new Promise(resolve => server.once('listening', resolve))
const ask = async password => {
  const headers = { authorization: 'Basic ' + btoa('alice:' + password) }
  return (await fetch('http://127.0.0.1:' + server.address().port, { headers })).status
}
console.log(...(await Promise.all(['wonderland', 'wrong', 'wonderland', 'other'].map(ask))))
await authenticator[Symbol.asyncDispose]()
process.exit(0)
`
const COMMAND = 'node_modules/htpasswd-kit/bin/htpasswd.js'
const RECORD = 'carol:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n\n'

beforeAll(() => {
  if (installed === undefined) return
  writeFileSync(join(folder, 'program.mjs'), program)
})

describe.each([
  ['Bun', bun, ['run']],
  ['Deno', deno, ['run', '--allow-all', '--quiet']],
] as const)('%s', (name, path, words) => {
  test.skipIf(missing(name, path))('runs the library', () => {
    rmSync(join(folder, 'users'), { force: true })
    expect(run(folder, path as string, ...words, 'program.mjs')).toMatchObject({
      status: 0,
      stdout: '200 401 200 401\n',
    })
  })

  test.skipIf(missing(name, path))('runs the command', () => {
    const outcome = run(folder, path as string, ...words, COMMAND, '-nbs', 'carol', 'secret')
    expect(outcome).toMatchObject({ status: 0, stdout: RECORD })
  })
})

test.skipIf(missing('pnpm', pnpm))('pnpm installs the command and the library', () => {
  const project = join(home, 'project')
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{ "name": "user", "private": true }\n')
  writeFileSync(join(project, 'program.mjs'), program)
  const registry = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim()
  const words = ['add', '--silent', `--registry=${registry}`, installed?.tarball as string]
  const added = run(project, process.execPath, pnpm as string, ...words)
  expect({ status: added.status, output: added.status === 0 ? '' : added.stdout + added.stderr }).toEqual({
    status: 0,
    output: '',
  })
  for (const name of ['htpasswd', 'htpasswd-kit']) {
    const outcome = run(project, join(project, 'node_modules/.bin', name), '-nbs', 'carol', 'secret')
    expect(outcome).toEqual({ status: 0, stdout: RECORD, stderr: '' })
  }
  expect(run(project, process.execPath, 'program.mjs').stdout).toBe('200 401 200 401\n')
})

test.skipIf(missing('jest', jest))('Jest, as docs/install.md sets it up', () => {
  const text = `test('a login', async () => {
    const { hashPassword, verifyPassword } = await import('htpasswd-kit')
    expect(await verifyPassword('pw', await hashPassword('pw', { cost: 5 }))).toBe(true)
  })\n`
  writeFileSync(join(folder, 'login.test.js'), text)
  const outcome = run(
    folder,
    process.execPath,
    '--experimental-vm-modules',
    jest as string,
    '--rootDir',
    folder,
  )
  expect(outcome).toMatchObject({ status: 0, stderr: expect.stringContaining('1 passed') })
})
