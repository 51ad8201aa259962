// The real MLflow behind `--preset mlflow`: a reader sees everything and changes nothing, whatever the spelling.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createMlflowPreset } from '../../src/access/presets/mlflow.ts'
import { hashPassword } from '../../src/hash/hash-password.ts'
import { skipReason } from '../support/outside-program.ts'
import { type Answer, type Ask, ask, basic } from '../support/raw-client.ts'
import { runBin } from '../support/run.ts'
import {
  chromium,
  type Guarded,
  pictures,
  python,
  runClient,
  runPython,
  type Step,
  startGuardedMlflow,
} from './mlflow-programs.ts'
import { surfaceOf } from './mlflow-surface.js'
import { seed, uiReaderSteps, visitUi } from './mlflow-ui.ts'

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

const missing = skipReason({ 'MLflow in .cache/mlflow': python })
const missingBrowser = skipReason({ Chromium: chromium })
const script = fileURLToPath(new URL('./mlflow-reader.py', import.meta.url))
const passwords = { ann: 'secret of ann', guest: 'secret of guest', admin: 'secret of admin' }
type User = keyof typeof passwords

describe.skipIf(missing)('MLflow with readers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mlflow-access-'))
  let guarded: Guarded
  let state: { experiment: string; run: string; trace: string }
  let seeded: string

  const client = (user: User, mode: string) =>
    runPython([script, mode], {
      MLFLOW_TRACKING_URI: `http://127.0.0.1:${guarded.port}`,
      MLFLOW_TRACKING_USERNAME: user,
      MLFLOW_TRACKING_PASSWORD: passwords[user],
      STATE: JSON.stringify(state ?? {}),
    })
  const steps = async (user: User, mode: string): Promise<Step[]> => {
    const lines = (await client(user, mode)).split('\n').filter(line => line.startsWith('{"step"'))
    return lines.map(line => JSON.parse(line) as Step)
  }
  /** Everything that MLflow stores: the rows of its database and its files, with their content. */
  const stored = () => runPython(['-c', SNAPSHOT, folder], {})
  const send = (user: User, method: string, path: string, { headers = [], body = '{}' }: Partial<Ask> = {}) =>
    ask({
      port: guarded.port,
      method,
      path,
      headers: [
        basic(user, passwords[user]),
        ['Content-Type', 'application/json'],
        ...(method === 'GET'
          ? []
          : ([['Content-Length', String(Buffer.byteLength(body as string))]] as const)),
        ...headers,
      ],
      ...(method === 'GET' ? {} : { body }),
    })
  const isOurs = ({ status, headers }: Answer) => status === 403 && headers.server === undefined

  beforeAll(async () => {
    const lines = Object.entries(passwords).map(
      async ([user, password]) => `${user}:${await hashPassword(password, { cost: 5 })}\n`,
    )
    writeFileSync(join(folder, 'users'), (await Promise.all(lines)).join(''))
    writeFileSync(join(folder, 'groups'), 'viewers: guest\n')
    const readers = ['--groups', 'groups', '--readers', 'group:viewers']
    const preset = ['--preset', 'mlflow', ...readers, '--admins', 'user:admin']
    guarded = await startGuardedMlflow(folder, preset, ['--workers', '1'])
    const output = await client('ann', 'seed')
    state = JSON.parse(/^STATE (.*)$/m.exec(output)?.[1] ?? 'null')
    seeded = await stored()
  })
  afterAll(async () => {
    await guarded?.program[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  test("a reader's client succeeds at every read", async () => {
    const done = await steps('guest', 'read')
    expect(done.filter(step => !step.ok)).toEqual([])
    expect(done).toHaveLength(18)
  })

  test("a reader's client is refused every write, with our text as its error message, and nothing changes", async () => {
    const done = await steps('guest', 'write')
    expect(done.filter(step => !step.ok)).toEqual([])
    expect(done).toHaveLength(23)
    expect(await stored()).toBe(seeded)
  })

  test('of all endpoints that MLflow has, a reader reaches those that read, and no other', async () => {
    const preset = createMlflowPreset()
    const { endpoints } = surfaceOf(python as string)
    const wrong: string[] = []
    const left = [...(endpoints as { method: string; path: string }[])]
    const walk = async (): Promise<void> => {
      for (let next = left.pop(); next !== undefined; next = left.pop()) {
        const { method, path } = next
        const example = path.replaceAll(/<[^>]*>|\{[^}]*\}/g, 'x')
        const reads = preset.classify(method, example) === 'read'
        // without a way to the internet MLflow does not finish its list of supported models
        const answer = await fetch(`http://127.0.0.1:${guarded.port}${example}`, {
          method,
          redirect: 'manual',
          headers: {
            ...Object.fromEntries([basic('guest', passwords.guest)]),
            'Content-Type': 'application/json',
          },
          ...(method !== 'GET' && { body: '{}' }),
          signal: AbortSignal.timeout(20_000),
        }).catch(() => undefined)
        await answer?.body?.cancel()
        const isRefused = answer?.status === 403 && !answer.headers.has('server')
        if (isRefused === reads) wrong.push(`${method} ${path}`)
      }
    }
    await Promise.all(Array.from({ length: 4 }, walk))
    expect(wrong).toEqual([])
    expect(await stored()).toBe(seeded)
  })

  const create = '/api/2.0/mlflow/experiments/create'
  const artifact = '/api/2.0/mlflow-artifacts/artifacts/1/x.txt'

  describe('a reader changes nothing by', () => {
    const name = JSON.stringify({ name: 'by trick' })
    test.each([
      ['POST', create],
      ['POST', create.replace('/api', '/ajax-api')],
      ['POST', create.replace('2.0', '3.0')],
      ['POST', create.replace('experiments/', 'experiments%2F')],
      ['POST', create.replace('create', '%63reate')],
      ['POST', create.replace('/api', '/%61pi')],
      ['POST', create.replace('/api', '//api')],
      ['POST', create.replace('mlflow/', 'mlflow//')],
      ['POST', create.replace('experiments/', 'runs/../experiments/')],
      ['POST', create.replace('experiments/', 'runs/%2e%2e/experiments/')],
      ['POST', create.replace('create', 'search/../create')],
      ['POST', create.replace('create', 'search%2F..%2Fcreate')],
      ['POST', create.replace('create', '%2563reate')],
      ['POST', create.replace('experiments/', 'experiments\\')],
      ['POST', create.toUpperCase()],
      ['POST', `${create}/`],
      ['POST', `${create};x`],
      ['POST', `${create}%00`],
      ['POST', `${create}%20`],
      ['POST', `${create}?/api/2.0/mlflow/experiments/search`],
      ['POST', `/gateway/..${create}`],
      ['PUT', artifact],
      ['PUT', artifact.replace('artifacts/artifacts', 'artifacts%2Fartifacts')],
      ['PUT', artifact.replace('1/', '1%2F')],
      ['DELETE', artifact],
      ['PUT', `/api/2.0/mlflow/experiments/search`],
      ['POST', '/v1/traces'],
      ['POST', '/ajax-api/2.0/mlflow/upload-artifact?run_uuid=x&path=x'],
      ['POST', '/api/2.0/mlflow-artifacts/mpu/create/1/x'],
      ['POST', '/api/2.0/mlflow-artifacts/mpu/complete/1/x'],
      ['POST', '/api/2.0/mlflow/artifacts/presigned-upload-url'],
      ['POST', '/ajax-api/3.0/jobs/'],
      ['POST', '/gateway/openai/v1/chat/completions'],
    ])('%s %s', async (method, path) => {
      expect((await send('guest', method, path, { body: name })).status).toBe(403)
    })

    test.each([
      ['X-HTTP-Method-Override', 'POST'],
      ['X-HTTP-Method', 'POST'],
      ['X-Method-Override', 'POST'],
      ['X-Forwarded-Uri', '/health'],
      ['X-Original-URL', '/health'],
      ['X-Rewrite-URL', create],
    ])('the header %s', async (header, value) => {
      const headers = [[header, value]] as const
      await send('guest', 'GET', `${create}?_method=POST&name=trick`, { headers })
      await send('guest', 'GET', '/api/2.0/mlflow/experiments/search', { headers })
      expect(isOurs(await send('guest', 'POST', create, { headers, body: name }))).toBe(true)
    })

    test('GraphQL: a batch, a mutation, a query in the URL', async () => {
      const mutation = 'mutation { mlflowCreateExperiment(input: {name: "trick"}) { experimentId } }'
      for (const body of [
        { query: mutation },
        [{ query: mutation }],
        { query: 'mutation { testMutation { output } }' },
      ])
        expect((await send('guest', 'POST', '/graphql', { body: JSON.stringify(body) })).status).not.toBe(403)
      await send('guest', 'GET', `/graphql?query=${encodeURIComponent(mutation)}`)
    })

    test('the login of the gateway, in X-MLflow-Authorization', async () => {
      const answer = await ask({
        port: guarded.port,
        method: 'POST',
        path: `/gateway/..${create}`,
        headers: [
          ['X-MLflow-Authorization', basic('guest', passwords.guest)[1]],
          ['Content-Length', '2'],
        ],
        body: '{}',
      })
      expect([401, 403]).toContain(answer.status)
    })

    test('any of these', async () => expect(await stored()).toBe(seeded))
  })

  test.each([
    ['guest', 403],
    ['ann', 403],
    ['admin', 200],
  ] as const)('webhooks are for administrators: %s gets %i', async (user, status) =>
    expect((await send(user, 'GET', '/api/2.0/mlflow/webhooks')).status).toBe(status),
  )

  test('an unknown endpoint is noted once', async () => {
    for (const id of ['1', '2']) await send('ann', 'POST', `/api/3.0/mlflow/new-things/${id}`)
    expect(
      guarded.program.output().match(/note: POST \/api\/3\.0\/mlflow\/new-things\/\* is not in the table/g),
    ).toHaveLength(1)
  })

  test.skipIf(missingBrowser)(
    'the UI shows a reader everything, and says why a button did not work',
    async () => {
      const login = { MLFLOW_TRACKING_USERNAME: 'ann', MLFLOW_TRACKING_PASSWORD: passwords.ann }
      const MLFLOW_TRACKING_URI = `http://127.0.0.1:${guarded.port}`
      const ids = await runPython(['-c', seed], { MLFLOW_TRACKING_URI, ...login })
      const [, experiment = '', run = ''] = /IDS (\d+) (\w+)/.exec(ids) ?? []
      const before = await stored()
      const { refused } = await visitUi({
        base: `http://mlflow.example:${guarded.port}`,
        resolverRules: 'MAP mlflow.example 127.0.0.1',
        chromium: chromium as string,
        user: 'guest',
        password: passwords.guest,
        experiment,
        run,
        steps: uiReaderSteps,
        picture: step => join(pictures, `mlflow-reader-${step.replaceAll(' ', '-')}.png`),
      })
      // of what the pages themselves ask for, only the assistant is closed
      expect([...new Set(refused.filter(line => line.startsWith('403')))].sort()).toEqual([
        '403 GET /ajax-api/3.0/mlflow/assistant/config',
        '403 GET /ajax-api/3.0/mlflow/assistant/providers',
        '403 POST /ajax-api/2.0/mlflow/runs/delete',
        '403 POST /ajax-api/2.0/mlflow/runs/set-tag',
      ])
      expect(await stored()).toBe(before)
    },
  )

  describe('personal access tokens', () => {
    const token = async (...args: string[]): Promise<string> => {
      const { status, stdout, stderr } = await runBin(['token', ...args], { cwd: folder })
      expect({ status, stderr }).toMatchObject({ status: 0 })
      return stdout
    }
    const addToken = async (user: User, ...more: string[]): Promise<string> =>
      /htk_\w+/.exec(await token('add', 'users', user, '--name', 'ci', ...more))?.[0] ?? 'none'
    const MLFLOW_TRACKING_URI = () => `http://127.0.0.1:${guarded.port}`
    const failed = (done: readonly Step[]) => done.filter(step => !step.ok)
    const createWith = (value: string) => {
      const body = JSON.stringify({ name: `by ${value.slice(-6)}` })
      const headers = [
        ['Authorization', `Bearer ${value}`],
        ['Content-Type', 'application/json'],
        ['Content-Length', String(body.length)],
      ] as const
      return ask({ port: guarded.port, method: 'POST', path: create, headers, body })
    }

    test('a job logs runs, 200 MB, models and traces with MLFLOW_TRACKING_TOKEN alone', async () => {
      const variables = {
        MLFLOW_TRACKING_URI: MLFLOW_TRACKING_URI(),
        MLFLOW_TRACKING_TOKEN: await addToken('ann'),
      }
      const done = await runClient('token', variables)
      expect(failed(done)).toEqual([])
      expect(done).toHaveLength(9)
    })

    test.each([
      ['user name and password are also set', false],
      ['the token is the password', true],
    ])('the same when %s', async (_, isPassword) => {
      const value = await addToken('ann')
      const done = await runClient('short', {
        MLFLOW_TRACKING_URI: MLFLOW_TRACKING_URI(),
        MLFLOW_TRACKING_TOKEN: value,
        MLFLOW_TRACKING_USERNAME: 'ann',
        MLFLOW_TRACKING_PASSWORD: isPassword ? value : passwords.ann,
      })
      expect(failed(done)).toEqual([])
      expect(done).toHaveLength(5)
    })

    test('a revoked token is refused at its next request', async () => {
      const value = await addToken('ann')
      expect((await createWith(value)).status).toBe(200)
      await token('revoke', 'users', value.slice(4, 12))
      expect((await createWith(value)).status).toBe(401)
    })

    test("a token has its owner's permissions at most, and its own", async () => {
      for (const value of [await addToken('guest'), await addToken('ann', '--scope', 'read')]) {
        const refused = await createWith(value)
        expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('may only read')])
        const path = '/api/2.0/mlflow/experiments/search?max_results=1'
        const read = await ask({ port: guarded.port, path, headers: [['Authorization', `Bearer ${value}`]] })
        expect(read.status).toBe(200)
      }
    })

    test('no token is in the output', () => expect(guarded.program.output()).not.toMatch(/htk_/))
  })

  test('a writer works as before', async () => {
    const answer = await send('ann', 'POST', create, { body: '{"name":"by ann"}' })
    expect(answer.status).toBe(200)
    expect(await stored()).not.toBe(seeded)
  })
})

const SNAPSHOT = `
import glob, hashlib, os, sqlite3, sys
for path in sorted(glob.glob(os.path.join(sys.argv[1], "*.db"))):
    for line in sorted(sqlite3.connect(path).iterdump()):
        print(line)
for folder, _, files in sorted(os.walk(os.path.join(sys.argv[1], "mlartifacts"))):
    for name in sorted(files):
        path = os.path.join(folder, name)
        print(path, hashlib.sha256(open(path, "rb").read()).hexdigest())
`
