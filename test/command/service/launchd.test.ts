// The property list, by Apple's definition of such files, and read back by Python's own parser of them.
import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { launchd, plistOf } from '../../../src/cli/commands/service/launchd.ts'
import { findProgram, skipReason } from '../../support/outside-program.ts'
import { sample, words } from '../../support/service-samples.ts'
import { faultsOf, noXmllint } from '../../support/xml-schema.ts'

const python = findProgram('python3', 'python')
const missing = skipReason({ python3: python })
const surroundings = { log: '/tmp/x.log', account: undefined, path: '/usr/bin' }

function read(plists: readonly string[]): unknown[] {
  const code =
    'import json,plistlib,sys\nprint(json.dumps([plistlib.loads(p.encode()) for p in json.load(sys.stdin)]))'
  const { stdout, stderr } = spawnSync(python as string, ['-X', 'utf8', '-c', code], {
    input: JSON.stringify(plists),
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

test.skipIf(missing)('it says what launchd is to run, and to run it again', () => {
  const app = { ...sample, startsApp: true }
  const [alone, withApp] = read([
    plistOf(sample, surroundings),
    plistOf(app, { ...surroundings, account: 'ann' }),
  ])
  expect(alone).toEqual({
    Label: 'guard-of-mlflow',
    ProgramArguments: sample.program,
    WorkingDirectory: '/srv/lab',
    RunAtLoad: true,
    KeepAlive: true,
    ProcessType: 'Interactive',
    StandardOutPath: '/tmp/x.log',
    StandardErrorPath: '/tmp/x.log',
  })
  expect(withApp).toMatchObject({ UserName: 'ann', EnvironmentVariables: { PATH: '/usr/bin' } })
})

test.skipIf(missing)('every argument survives quoting', () => {
  const samples = fc.sample(words, 200)
  const lists = read(samples.map(program => plistOf({ ...sample, program }, surroundings)))
  expect(lists.map(list => (list as { ProgramArguments: string[] }).ProgramArguments)).toEqual(samples)
})

test.skipIf(noXmllint)("it fits Apple's definition", () => {
  const plist = plistOf({ ...sample, startsApp: true }, { ...surroundings, account: 'ann' })
  expect(faultsOf(plist, 'PropertyList-1.0.dtd')).toBe('')
  for (const [part, wrong] of [
    ['<key>Label</key>', ''],
    ['<true/>', '<yes/>'],
  ] as const)
    expect(faultsOf(plist.replace(part, wrong), 'PropertyList-1.0.dtd')).toContain('dict')
})

const host = { env: { SUDO_USER: 'ann' }, home: '/Users/ann', uid: 501 }

test('for the machine it is a daemon that runs as who called sudo', () => {
  const { file, steps } = launchd(host).install(sample)
  expect(file?.path).toBe('/Library/LaunchDaemons/guard-of-mlflow.plist')
  expect(file?.content).toContain('<key>UserName</key>\n<string>ann</string>')
  expect(steps.map(({ command }) => command.join(' '))).toEqual([
    'launchctl bootout system/guard-of-mlflow',
    'launchctl bootstrap system /Library/LaunchDaemons/guard-of-mlflow.plist',
  ])
})

test('for an account it is an agent of its session', () => {
  const { file, steps } = launchd(host).install({ ...sample, atBoot: false })
  expect(file?.path).toBe('/Users/ann/Library/LaunchAgents/guard-of-mlflow.plist')
  expect(file?.content).not.toContain('UserName')
  expect(steps.at(-1)?.command.join(' ')).toBe(`launchctl bootstrap gui/501 ${file?.path}`)
})

test('root itself does not get to run it', () => {
  for (const env of [{}, { SUDO_USER: 'root' }])
    expect(() => launchd({ ...host, env }).install(sample)).toThrow('must not run as root')
})
