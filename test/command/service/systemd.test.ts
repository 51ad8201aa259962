// The unit file: systemd's own tools find no fault in it, and systemd's own parser reads the words that were meant.
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemd, unitOf } from '../../../src/cli/commands/service/systemd.ts'
import { findProgram, skipReason } from '../../support/outside-program.ts'
import { sample, words } from '../../support/service-samples.ts'

const linux = process.platform === 'linux'
const analyze = findProgram('systemd-analyze')
const missing = linux ? skipReason({ 'systemd-analyze (systemd)': analyze }) : 'needs Linux'
const folder = mkdtempSync(join(tmpdir(), 'systemd units; $a %n '))
const runtime = mkdtempSync(join(tmpdir(), 'systemd-run-'))
const program = join(folder, 'no $b %%de')
beforeAll(() => {
  if (missing) return
  copyFileSync('/bin/true', program)
  for (const path of [folder, runtime, program]) chmodSync(path, 0o755)
})
afterAll(() => {
  for (const path of [folder, runtime]) rmSync(path, { recursive: true })
})

const units = join(runtime, 'units')
function verify(unit: string): string {
  mkdirSync(units, { recursive: true })
  const path = join(units, 'x.service')
  writeFileSync(path, unit)
  const { stdout, stderr } = spawnSync(analyze as string, ['verify', '--man=no', path], { encoding: 'utf8' })
  return stdout + stderr
}

describe.skipIf(missing)('systemd-analyze', () => {
  const service = { ...sample, program: [program, ...sample.program.slice(1)] }
  test.each([
    ['with an account of its own', unitOf(service, undefined)],
    [
      "with the file owner's, on a low port",
      unitOf({ ...service, lowPort: true }, { uid: 65534, gid: 65534 }),
    ],
    [
      'that starts an app',
      unitOf({ ...service, startsApp: true, folder }, { uid: 65534, gid: 65534 }, '/usr/bin:/opt/a b/$x%y'),
    ],
    ['with --https', unitOf({ ...service, program: [...service.program, '--https'] }, undefined)],
    ['of a user', unitOf({ ...service, atBoot: false }, undefined)],
  ])('verifies the unit %s', (_, unit) => expect(verify(unit)).toBe(''))

  test('would say so of a fault', () => {
    expect(verify(unitOf(service, undefined).replace('Type=exec', 'Type=none'))).toContain(
      'Failed to parse service type',
    )
  })

  test('finds the unit well shut in', () => {
    verify(unitOf(service, undefined))
    const words = ['security', '--offline=true', '--no-pager', join(units, 'x.service')]
    const { stdout } = spawnSync(analyze as string, words, { encoding: 'utf8' })
    const [, exposure] = /exposure level for x\.service: ([\d.]+)/.exec(stdout) ?? []
    expect(Number(exposure)).toBeLessThan(2.5)
  })
})

// the manager's dry run wants to be no root, and prints every unit as it was understood
const manager = ['/usr/lib/systemd/systemd'].find(existsSync)
const setpriv = findProgram('setpriv')
const root = process.getuid?.() === 0
const without = linux ? skipReason({ systemd: manager, 'setpriv (util-linux)': setpriv }) : 'needs Linux'

test.skipIf(without)('systemd reads every word of a command line as it was meant', () => {
  const samples = fc.sample(words, 60).flat()
  mkdirSync(units, { recursive: true })
  const unit = unitOf({ ...sample, atBoot: false, program: [program, ...samples] }, undefined)
  writeFileSync(join(units, 'y.service'), unit)
  for (const path of [runtime, units, join(units, 'y.service')]) chmodSync(path, 0o755)
  const home = join(runtime, 'home')
  mkdirSync(home)
  chmodSync(home, 0o777)
  const env = { HOME: home, XDG_RUNTIME_DIR: home, SYSTEMD_UNIT_PATH: `${units}:/usr/lib/systemd/user` }
  const dryRun = [manager as string, '--test', '--user', '--unit=y.service', '--log-target=console']
  const command = root
    ? [setpriv as string, '--reuid=65534', '--regid=65534', '--clear-groups', ...dryRun]
    : dryRun
  const { stdout, stderr } = spawnSync(command[0] as string, command.slice(1), {
    encoding: 'utf8',
    env: { ...env, LC_ALL: 'C.UTF-8' },
    maxBuffer: 1e8,
  })
  const lines = (stdout + stderr).split('\n').map(line => line.trim())
  const line = lines.find(one => one.startsWith('Command Line:') && one.includes('%%de'))
  expect(line, (stdout + stderr).slice(-2000)).toBeDefined()
  expect(unquote((line as string).slice('Command Line: '.length))).toEqual([
    program,
    // $$ becomes $ only when it is started
    ...samples.map(word => word.replaceAll('$', '$$$$')),
  ])
})

/** The dump's own quoting: words with blanks or special characters in double quotes, with backslashes. */
function unquote(text: string): string[] {
  const found = text.matchAll(/"((?:[^"\\]|\\.)*)"|([^ ]+)/g)
  return [...found].map(([, quoted, bare]) => quoted?.replace(/\\(.)/g, '$1') ?? (bare as string))
}

test('--https has a folder in which it can renew its certificates', () => {
  const program = [...sample.program, '--https']
  expect(unitOf({ ...sample, program }, undefined)).toContain('\nStateDirectory=htpasswd-kit\n')
  expect(unitOf(sample, undefined)).not.toContain('StateDirectory')
  // the user's own folder can be written
  expect(unitOf({ ...sample, program, atBoot: false }, undefined)).not.toContain('StateDirectory')
})

test('control characters, which a name may hold, are escaped', () => {
  const unit = unitOf({ ...sample, program: ['/bin/true', 'a\nb\tc\x7f'] }, undefined)
  expect(unit).toContain('ExecStart="/bin/true" "a\\x0ab\\x09c\\x7f"\n')
})

test('a program that systemd would not start is refused', () => {
  for (const path of ['/a"b', "/it's", '/a\\b', '/a\nb'])
    expect(() => unitOf({ ...sample, program: [path] }, undefined)).toThrow(
      'no program with quotes or backslashes',
    )
})

test('a folder that a unit cannot hold is refused', () => {
  for (const folder of ['/a\nb', '/a ', '/a\\b'])
    expect(() => unitOf({ ...sample, startsApp: true, folder }, undefined)).toThrow(
      'systemd takes no working folder',
    )
})

test('a service for the machine must not have its files in /tmp', () => {
  const host = { env: {}, home: '/home/ann', uid: 0 }
  for (const passwordFile of ['/tmp/users', '/var/tmp/lab/users'])
    expect(() => systemd(host).install({ ...sample, passwordFile })).toThrow(
      `${passwordFile} is in a temporary folder`,
    )
})

test("a user's unit stands in the account's own folder", () => {
  const install = (env: NodeJS.ProcessEnv) =>
    systemd({ env, home: '/home/ann', uid: 1000 }).install({ ...sample, atBoot: false })
  expect(install({}).file?.path).toBe('/home/ann/.config/systemd/user/guard-of-mlflow.service')
  expect(install({ XDG_CONFIG_HOME: '/conf' }).file?.path).toBe('/conf/systemd/user/guard-of-mlflow.service')
  expect(install({}).steps.map(({ command }) => command.join(' '))).toEqual([
    'systemctl --user daemon-reload',
    'systemctl --user enable guard-of-mlflow',
    'systemctl --user restart guard-of-mlflow',
  ])
})
