// The real MLflow behind the real command: its Python client and its UI in a browser, by a name that is not localhost.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { isIPv4 } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { outsideAddresses } from '../../src/cli/commands/serve/listen/address.ts'
import { hashPassword } from '../../src/hash/hash-password.ts'
import { makeCertificate, openssl } from '../support/certificate.ts'
import { eventually, skipReason } from '../support/outside-program.ts'
import { type Ask, ask, basic, raw } from '../support/raw-client.ts'
import {
  chromium,
  descendantsOf,
  type Guarded,
  isAlive,
  pictures,
  python,
  runClient,
  runPython,
  startBefore,
  startWithMlflow,
} from './mlflow-programs.ts'
import { seed, type UiReport, type UiStep, uiSteps, visitUi } from './mlflow-ui.ts'

// MLflow starts and works in seconds, and in minutes on a machine that is busy with other tests
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

const missing = skipReason({ 'MLflow in .cache/mlflow': python })
const missingBrowser = skipReason({ 'MLflow in .cache/mlflow': python, Chromium: chromium })

const USER = 'alice'
const PASSWORD = 'wönder land'
const NAME = 'mlflow.example'
const login = { MLFLOW_TRACKING_USERNAME: USER, MLFLOW_TRACKING_PASSWORD: PASSWORD }

describe.skipIf(missing)('MLflow', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mlflow-'))
  const other = mkdtempSync(join(tmpdir(), 'mlflow-other-'))
  /** With default settings, as the README starts it. */
  let plain: Guarded
  /** Below a path of MLflow's own, and open to the network, as it should not be. */
  let careless: Guarded
  /** Before the same MLflow as the first, below a path. */
  let prefixed: Guarded

  beforeAll(async () => {
    const line = `${USER}:${await hashPassword(PASSWORD)}\n`
    for (const one of [folder, other]) writeFileSync(join(one, 'users'), line)
    ;[plain, careless] = await Promise.all([
      startWithMlflow(folder),
      startWithMlflow(other, '--host', '0.0.0.0', '--static-prefix', '/ml', '--workers', '1'),
    ])
    // by the name that people write; over ::1 MLflow would take every client for a local one
    prefixed = await startBefore(folder, `http://localhost:${plain.upstreamPort}`, '--prefix', '/mlflow')
  })

  afterAll(async () => {
    for (const one of [prefixed, careless, plain]) await one?.program[Symbol.asyncDispose]()
    for (const one of [folder, other]) rmSync(one, { recursive: true, force: true, maxRetries: 5 })
  })

  const asAlice = (what: Partial<Ask>) =>
    ask({ port: plain.port, ...what, headers: [basic(USER, PASSWORD), ...(what.headers ?? [])] })

  describe('requirement 36: the Python client', () => {
    test('with environment variables does everything it can', async () => {
      const steps = await runClient('all', {
        MLFLOW_TRACKING_URI: `http://127.0.0.1:${plain.port}`,
        ...login,
      })
      expect(steps.filter(step => !step.ok)).toEqual([])
      expect(steps).toHaveLength(12)
    })

    test.each([
      ['~/.mlflow/credentials', false],
      ['user and password in the URI, which it writes as Latin-1', true],
    ])('with %s', async (_, inUri) => {
      const HOME = mkdtempSync(join(folder, 'home-'))
      mkdirSync(join(HOME, '.mlflow'))
      const credentials = `[mlflow]\nmlflow_tracking_username = ${USER}\nmlflow_tracking_password = ${PASSWORD}\n`
      if (!inUri) writeFileSync(join(HOME, '.mlflow/credentials'), credentials)
      const userinfo = inUri ? `${USER}:${encodeURIComponent(PASSWORD)}@` : ''
      const steps = await runClient('short', {
        MLFLOW_TRACKING_URI: `http://${userinfo}127.0.0.1:${plain.port}`,
        HOME,
      })
      expect(steps.filter(step => !step.ok)).toEqual([])
      expect(steps).toHaveLength(5)
    })
  })

  test.skipIf(skipReason({ openssl }))('requirement 12: over TLS the client works too', async () => {
    const { cert, key } = makeCertificate(folder, NAME)
    const upstream = `http://127.0.0.1:${plain.upstreamPort}`
    const { program, port } = await startBefore(folder, upstream, '--tls-cert', cert, '--tls-key', key)
    await using _ = program
    const MLFLOW_TRACKING_URI = `https://127.0.0.1:${port}`
    const variables = { MLFLOW_TRACKING_URI, MLFLOW_TRACKING_SERVER_CERT_PATH: cert, ...login }
    const steps = await runClient('short', variables)
    expect(steps.filter(step => !step.ok)).toEqual([])
    expect(steps).toHaveLength(5)
  })

  describe('requirement 30: below a path', () => {
    test.each([
      ['that the guard takes off', () => `${prefixed.port}/mlflow`],
      ["that is MLflow's own", () => `${careless.port}/ml`],
    ])('%s the client logs a run with artifacts', async (_, place) => {
      const MLFLOW_TRACKING_URI = `http://127.0.0.1:${place()}`
      const steps = await runClient('short', { MLFLOW_TRACKING_URI, ...login })
      expect(steps.filter(step => !step.ok)).toEqual([])
      expect(steps).toHaveLength(5)
    })
  })

  const search = '/ajax-api/2.0/mlflow/experiments/search'
  const json = ['Content-Type', 'application/json'] as const
  // MLflow takes a body without a length for an empty one
  const post = (path: string, value: object, headers: Ask['headers'] = [], host = '127.0.0.1') => {
    const body = JSON.stringify(value)
    const own = [json, ['Content-Length', String(body.length)]] as const
    return asAlice({ host, path, method: 'POST', body, headers: [...own, ...headers] })
  }
  const [outside] = outsideAddresses().filter(address => isIPv4(address))

  test.each(['192.168.1.20:8080', NAME, 'box.tailnet.ts.net:8080', '[fd00::2]:8080', 'box'])(
    'requirements 3 and 4: its page at %s may ask and change',
    async host => {
      const own = [
        ['Host', host],
        ['Origin', `http://${host}`],
        ['Sec-Fetch-Site', 'same-origin'],
      ] as const
      expect((await asAlice({ path: '/', headers: own })).status).toBe(200)
      expect((await post(search, { max_results: 1 }, own)).status).toBe(200)
    },
  )

  test('requirement 5: a page of another site may not', async () => {
    const create = '/ajax-api/2.0/mlflow/experiments/create'
    const name = 'made without a login'
    const refused = await post(create, { name }, [['Origin', 'https://evil.example']])
    expect([refused.status, refused.headers.server]).toEqual([403, undefined])
    const all = await post(search, { max_results: 1000 })
    expect([all.status, all.text.includes(name)]).toEqual([200, false])
  })

  test.skipIf(outside === undefined)(
    'requirement 6: its assistant stays shut to other machines, whatever they claim',
    async () => {
      const path = '/ajax-api/3.0/mlflow/assistant/message'
      for (const claims of [[], ['127.0.0.1'], ['127.0.0.1', '::1']]) {
        const headers = claims.map(value => ['X-Forwarded-For', value] as const)
        // our own address on the network: to the guard a machine like any other
        const answer = await post(path, { message: 'hello' }, headers, outside)
        expect([answer.status, answer.text]).toEqual([403, expect.stringMatching(/same host|localhost/i)])
      }
    },
  )

  test('behind a trusted proxy the public scheme and host become those that MLflow takes for its own', async () => {
    const upstream = `http://127.0.0.1:${plain.upstreamPort}`
    const { program, port } = await startBefore(folder, upstream, '--trust-proxy', '127.0.0.1')
    await using _ = program
    const body = JSON.stringify({ max_results: 10 })
    const search = (origin: string, ...more: [string, string][]) =>
      ask({
        port,
        method: 'POST',
        path: '/ajax-api/2.0/mlflow/experiments/search',
        headers: [
          basic(USER, PASSWORD),
          ['Host', 'guard.internal:8080'],
          ['Origin', origin],
          ['Content-Type', 'application/json'],
          ['Content-Length', String(body.length)],
          ['X-Forwarded-For', '192.0.2.7'],
          ...more,
        ],
        body,
      })
    const byProxy: [string, string][] = [
      ['X-Forwarded-Proto', 'https'],
      ['X-Forwarded-Host', NAME],
    ]
    // MLflow's own check of Host and Origin refuses every other name than its own
    const own = await search(`https://${NAME}`, ...byProxy)
    expect([own.status, own.text.includes('"Default"')]).toEqual([200, true])
    expect((await search(`http://${NAME}`, ...byProxy)).status).toBe(403)
    expect((await search('https://evil.example', ...byProxy)).status).toBe(403)
    expect((await search(`https://${NAME}`)).status).toBe(403)
    // from a peer that is not trusted the headers of a proxy count for nothing
    const untrusted = await asAlice({
      method: 'POST',
      path: '/ajax-api/2.0/mlflow/experiments/search',
      headers: [['Origin', `https://${NAME}`], ['Content-Length', String(body.length)], ...byProxy],
      body,
    })
    expect(untrusted.status).toBe(403)
  })

  test('requirement 33: its own security headers are sent once', async () => {
    const { rawHeaders } = await asAlice({ path: '/' })
    const names = rawHeaders.filter((_, i) => i % 2 === 0).map(name => name.toLowerCase())
    for (const name of ['x-frame-options', 'x-content-type-options', 'cache-control'])
      expect(names.filter(one => one === name)).toHaveLength(1)
  })

  // three tries: on a busy machine MLflow itself may need longer than this second
  test('requirement 27: its response to a WebSocket arrives at once', { retry: 2 }, async () => {
    const lines = ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13']
    const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
    const request = ['GET /gateway/proxy/codex/v1/responses HTTP/1.1', 'Host: x', ...lines, key]
    const text = [...request, basic(USER, PASSWORD).join(': '), '', ''].join('\r\n')
    const answer = await raw(plain.port, text, got => got.includes('\r\n\r\n'), 1000)
    // 403 or 404, by its version and what else is installed
    expect(answer).toMatch(/^HTTP\/1\.1 40[34] [\s\S]*server: uvicorn/)
  })

  describe.skipIf(missingBrowser)('requirement 37: the UI in a browser', () => {
    test.each([
      ['at a name that is not localhost', () => `http://${NAME}:${plain.port}`, uiSteps, 'plain'],
      [
        'below a path that the guard takes off (requirement 30)',
        () => `http://${NAME}:${prefixed.port}/mlflow`,
        ['list', 'open run', 'view artifact', 'view trace'],
        'prefixed',
      ],
    ] as const satisfies [string, () => string, readonly UiStep[], string][])(
      '%s works after one login, without a refusal',
      async (_, base, steps, label) => {
        const output = (label === 'plain' ? plain : prefixed).program.output
        const MLFLOW_TRACKING_URI = `http://127.0.0.1:${plain.port}`
        const ids = await runPython(['-c', seed], { MLFLOW_TRACKING_URI, ...login })
        const [, experiment = '', run = ''] = /IDS (\d+) (\w+)/.exec(ids) ?? []
        const before = refusalsIn(output())
        const report = await visitUi({
          base: base(),
          resolverRules: `MAP ${NAME} 127.0.0.1`,
          chromium: chromium as string,
          user: USER,
          password: PASSWORD,
          experiment,
          run,
          steps,
          picture: step => join(pictures, `mlflow-${label}-${step.replaceAll(' ', '-')}.png`),
        })
        expect(ownRefusals(report)).toEqual({ refused: [], errors: [] })
        // the challenge that the browser asked its user at
        expect(refusalsIn(output()) - before).toBe(1)
      },
    )
  })

  test('its output is shown, then the guard’s message; neither contains a secret', () => {
    const output = plain.program.output()
    expect(output).toMatch(/Starting mlflow[\s\S]*Uvicorn running on [\s\S]*Guarding http:\/\/127\.0\.0\.1/)
    expect(output).not.toContain('reachable past the guard')
    for (const { program } of [plain, careless, prefixed]) expect(program.output()).not.toContain(PASSWORD)
  })

  test('if it listens on other addresses than loopback, the guard warns', () =>
    expect(careless.program.output()).toContain(
      'warning: the app is reachable past the guard, without a password',
    ))

  test.each([
    ['SIGTERM', () => plain],
    ['SIGINT', () => careless],
  ] as const)('%s ends the guard with status 0, and all that MLflow has started', async (signal, which) => {
    const { program } = which()
    const started = descendantsOf(program.process.pid as number)
    // the command, the server and the job runner at least
    expect(started.length).toBeGreaterThan(2)
    process.kill(program.process.pid as number, signal)
    expect(await program.ended).toBe(0)
    await eventually('the last of them to be gone', () => (started.some(isAlive) ? undefined : true))
  })
})

const refusalsIn = (log: string): number => log.match(/^\S+ \S+ - GET \S+ 401 /gm)?.length ?? 0

/** Without the challenge, and what is MLflow's own: it says 404 where it has no accounts, and lays out in a hurry. */
function ownRefusals({ refused, errors }: UiReport): UiReport {
  const accounts = 'ajax-api/2.0/mlflow/users/current'
  return {
    refused: refused.filter(line => !/^401 GET (\/mlflow)?\/$/.test(line) && !line.endsWith(accounts)),
    errors: errors.filter(line => !line.endsWith(accounts) && !line.includes('ResizeObserver loop')),
  }
}
