// The permissions that follow from the options of `serve`, and options that need another one.
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import { openPermissions } from '../../../../../../src/cli/commands/serve/login/permissions.ts'
import { parseServe } from '../../../../../../src/cli/commands/serve/request.ts'
import { scratch } from '../../../../../support/scratch.ts'

const notes: string[] = []
const openAll = (argv: string[], env: NodeJS.ProcessEnv = {}) =>
  openPermissions(parseServe(argv, env), env, note => notes.push(note))
const open = async (...given: Parameters<typeof openAll>) => (await openAll(...given)).access
const ann = { user: 'ann', groups: [], scope: 'all' as const }
const guest = { ...ann, user: 'guest' }
const preset = ['--upstream', 'http://127.0.0.1:5000', '--preset', 'mlflow']

test('without a preset every user may do everything', async () =>
  expect(await open(['--demo'])).toBeUndefined())

test('readers read, admins administer, everyone else writes', async () => {
  const policy = await open([...preset, '--readers', 'user:guest', '--admins', 'user:root'])
  const allowed = (user: string) =>
    ['POST runs/search', 'POST runs/create', 'GET webhooks'].map(line => {
      const [method = '', name = ''] = line.split(' ')
      return policy?.decide({ ...ann, user }, method, `/api/2.0/mlflow/${name}`).allowed
    })
  expect(allowed('guest')).toEqual([true, false, false])
  expect(allowed('ann')).toEqual([true, true, false])
  expect(allowed('root')).toEqual([true, true, true])
})

test('the same from the environment', async () => {
  const env = { HTPASSWD_PRESET: 'mlflow', HTPASSWD_READERS: 'user:guest' }
  const policy = await open(['--upstream', 'http://127.0.0.1:5000'], env)
  expect(policy?.decide(guest, 'PUT', '/x').allowed).toBe(false)
})

test("GraphQL and MLflow's static prefix", async () => {
  const readers = ['--readers', 'user:guest']
  const denying = await open([...preset, ...readers, '--mlflow-graphql', 'deny'])
  expect(denying?.decide(guest, 'POST', '/graphql').allowed).toBe(false)
  const told = await open([...preset, ...readers, '--mlflow-static-prefix', '/ml'])
  const search = '/ml/api/2.0/mlflow/runs/search'
  expect(told?.decide(guest, 'POST', search).allowed).toBe(true)
  const started = await open([
    '--preset',
    'mlflow',
    ...readers,
    '--',
    'mlflow',
    'server',
    '--static-prefix',
    '/ml',
  ])
  expect(started?.decide(guest, 'POST', search).allowed).toBe(true)
})

test('an endpoint that the table lacks is noted', async () => {
  notes.length = 0
  const policy = await open(preset)
  policy?.decide(ann, 'POST', '/api/3.0/mlflow/new-things/7')
  expect(notes).toEqual([
    expect.stringMatching(
      /^note: POST \/api\/3\.0\/mlflow\/new-things\/\* is not in the table of MLflow [\d.]+, and is taken for a write/,
    ),
  ])
})

describe('groups and rules', () => {
  const place = scratch()
  const path = (name: string): string => `${place.file}-${name}`
  /** By rename, as an editor and this package do. */
  const write = async (name: string, text: string): Promise<void> => {
    writeFileSync(path('new'), text)
    renameSync(path('new'), path(name))
    await turn()
  }
  const files = () => ['--demo', '--groups', path('groups'), '--rules', path('rules')]

  test('--require goes before the file, and both count with the groups', async () => {
    await write('groups', 'editors: ann\n')
    await write('rules', '# the lab\nGET /** valid-user\nANY /** group:editors\n')
    const policy = await open([...files(), '--require', 'GET,POST /own/** user:guest'])
    expect(policy?.decide(guest, 'POST', '/own/x')).toEqual({
      allowed: true,
      rule: '--require: GET,POST /own/** user:guest',
    })
    expect(policy?.decide(ann, 'POST', '/own/x').allowed).toBe(false)
    expect(policy?.decide(ann, 'PUT', '/x')).toEqual({
      allowed: true,
      rule: `${path('rules')}:3: ANY /** group:editors`,
    })
    expect(policy?.decide(guest, 'PUT', '/x').allowed).toBe(false)
  })

  test('several rules of the environment are separated by semicolons', async () => {
    const env = { HTPASSWD_REQUIRE: 'GET,POST /a valid-user; ANY /b user:ann' }
    const policy = await open(['--demo'], env)
    expect(policy?.decide(guest, 'POST', '/a').allowed).toBe(true)
    expect(policy?.decide(guest, 'POST', '/b').allowed).toBe(false)
  })

  test('changes count at the next request, and are told; an invalid file changes nothing', async () => {
    await write('groups', 'editors: ann\n')
    await write('rules', 'ANY /** group:editors\n')
    const permissions = await openAll(files())
    const told: string[] = []
    using _ = permissions.report(text => told.push(text))
    const allowed = (user: string) => permissions.access?.decide({ ...ann, user }, 'POST', '/x').allowed
    expect([allowed('ann'), allowed('bob')]).toEqual([true, false])
    await write('groups', 'editors: bob\n')
    expect([allowed('ann'), allowed('bob')]).toEqual([false, true])
    await write('groups', 'editors: ann bob\nviewers guest\n')
    await write('rules', 'ANY /** valid-user\nGET nonsense none\n')
    expect([allowed('ann'), allowed('bob')]).toEqual([false, true])
    await vi.waitFor(() =>
      expect(told).toEqual(
        expect.arrayContaining([
          expect.stringMatching(
            /groups:2: expected "group: user …", got a line without a colon; the groups read last stay/,
          ),
          expect.stringMatching(
            /rules:2: expected a path such as .*, got "nonsense"; the rules read last stay/,
          ),
        ]),
      ),
    )
    rmSync(path('groups'))
    await turn()
    expect([allowed('ann'), allowed('bob')]).toEqual([false, false])
    await vi.waitFor(() => expect(told.join()).toContain('no one is in any group until then'))
  })

  test('while the groups cannot be read, readers of a group cannot write', async () => {
    await write('groups', 'viewers: guest\n')
    const policy = await open([...preset, '--groups', path('groups'), '--readers', 'group:viewers'])
    const create = (user: string) =>
      policy?.decide({ ...ann, user }, 'POST', '/api/2.0/mlflow/runs/create').allowed
    expect([create('guest'), create('ann')]).toEqual([false, true])
    rmSync(path('groups'))
    await turn()
    expect([create('guest'), create('ann')]).toEqual([false, false])
  })

  test('rules go before the preset; without --readers and --admins they are all there is', async () => {
    const rule = ['--require', 'POST @mlflow/admin user:ann']
    const withRoles = await open([...preset, ...rule, '--readers', 'user:guest'])
    const webhooks = '/api/2.0/mlflow/webhooks'
    expect(withRoles?.decide(ann, 'POST', webhooks).allowed).toBe(true)
    expect(withRoles?.decide(ann, 'POST', '/api/2.0/mlflow/runs/create').allowed).toBe(true)
    const alone = await open([...preset, ...rule])
    expect(alone?.decide(ann, 'POST', webhooks).allowed).toBe(true)
    expect(alone?.decide(ann, 'GET', '/').allowed).toBe(false)
  })

  test.each([
    ['groups', 'viewers guest\n', [], ':1: expected "group: user …"'],
    ['groups', 'a,b: ann\n', ['--groups-header', 'X-Groups'], ':1: expected group names without commas'],
    [
      'rules',
      '\nGET /x everyone\n',
      [],
      ':2: expected valid-user, user:NAME, group:NAME or none, got "everyone"',
    ],
    ['rules', '# none\n', [], ': expected at least one rule'],
    ['rules', 'GET @mlflow/read valid-user\n', [], ':1: @mlflow/read needs --preset mlflow'],
  ])('an invalid file fails the start: %s %j', async (name, text, more, message) => {
    await write('groups', 'viewers: guest\n')
    await write('rules', 'ANY /** valid-user\n')
    await write(name, text)
    await expect(openAll([...files(), ...more])).rejects.toThrow(`${path(name)}${message}`)
  })

  test('a missing file and an invalid --require fail the start', async () => {
    await expect(openAll(['--demo', '--groups', path('none')])).rejects.toThrow('there is no such file')
    await expect(openAll(['--demo', '--require', 'GET @mlflow/read none'])).rejects.toThrow(
      '--require: @mlflow/read needs',
    )
    expect(() => parseServe(['--demo', '--require', 'GET x none'], {})).toThrow(
      '--require expected a path such as /docs/** or /runs/*/tags, got "x"',
    )
    expect(() => parseServe(['--demo', '--groups-header', 'Cookie'], {})).toThrow(
      '--groups-header expected a header name such as X-Forwarded-Groups',
    )
  })

  test('groups that no file has are told', async () => {
    await write('groups', 'viewers: guest\n')
    const argv = [...preset, '--readers', 'group:viewer user:bob']
    expect((await openAll([...argv, '--groups', path('groups')])).warnings()).toEqual([
      `${path('groups')} has no group viewer: no one is in it`,
    ])
    expect((await openAll(argv)).warnings()).toEqual([
      'group:viewer needs --groups FILE, or logins that bring groups; no one is in it',
    ])
    expect((await openAll(['--demo'])).warnings()).toEqual([])
  })
})
