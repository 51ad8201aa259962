// The package under Yarn's Plug'n'Play, which keeps packages in archives and puts functions of its own around node:fs.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { skipReason } from '../support/outside-program.ts'
import { installPackage } from './installed-package.ts'

const yarn = join(import.meta.dirname, '../../.cache/yarn/node_modules/@yarnpkg/cli-dist/bin/yarn.js')
const installed = installPackage()
const missing = skipReason({
  'a registry': installed && 'there',
  'yarn in .cache/yarn': existsSync(yarn) ? yarn : undefined,
})
const folder = mkdtempSync(join(tmpdir(), 'yarn-'))
afterAll(() => {
  installed?.[Symbol.dispose]()
  rmSync(folder, { recursive: true, force: true })
})

const env = {
  ...process.env,
  YARN_ENABLE_TELEMETRY: 'false',
  YARN_ENABLE_GLOBAL_CACHE: 'false',
  YARN_GLOBAL_FOLDER: join(folder, 'global'),
  YARN_NPM_REGISTRY_SERVER: missing
    ? ''
    : execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim().replace(/\/$/, ''),
  // a lock file is made here, and CI would forbid that
  CI: '',
}
const run = (...args: string[]) =>
  spawnSync(process.execPath, [yarn, ...args], { cwd: folder, env, encoding: 'utf8' })

test.skipIf(missing)('the command and the library write a password file', { timeout: 180_000 }, () => {
  writeFileSync(join(folder, 'package.json'), '{ "name": "user", "private": true }\n')
  writeFileSync(join(folder, 'yarn.lock'), '')
  const added = run('add', `htpasswd-kit@file:${installed?.tarball}`)
  expect({ status: added.status, output: added.status === 0 ? '' : added.stdout + added.stderr }).toEqual({
    status: 0,
    output: '',
  })
  expect(existsSync(join(folder, '.pnp.cjs'))).toBe(true)
  for (const [args, message] of [
    [['-cbs', 'users', 'alice', 'a'], 'Adding password for user alice\n'],
    [['-bs', '--in-place', 'users', 'bob', 'b'], 'Adding password for user bob\n'],
  ] as const)
    expect(run('htpasswd', ...args)).toMatchObject({ status: 0, stderr: message })
  const program = `import { HtpasswdFile } from 'htpasswd-kit'
await HtpasswdFile.update('users', document => document.set('carol', '!'))
console.log((await HtpasswdFile.open('users')).users().join())\n`
  writeFileSync(join(folder, 'program.mjs'), program)
  expect(run('node', 'program.mjs')).toMatchObject({ status: 0, stdout: 'alice,bob,carol\n' })
  expect(readFileSync(join(folder, 'users'), 'utf8')).toMatch(/^alice:.*\nbob:.*\ncarol:!\n$/)
})
