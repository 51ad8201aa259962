// The real MLflow behind the real command: its Python client and its UI in a browser, by a name that is not localhost.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { isIPv4 } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { outsideAddresses } from '../../src/cli/serve-address.ts'
import { hashPassword } from '../../src/hash/registry.ts'
import { visitUi } from './mlflow-ui.ts'
import {
  findProgram,
  freePort,
  type Program,
  skipReason,
  startProgram,
  untilListening,
} from './outside-program.ts'
import { ask, basic } from './raw-client.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const environment = join(root, '.cache/mlflow')
const python = existsSync(join(environment, 'bin/python')) ? join(environment, 'bin/python') : undefined
const chromium = findProgram('chromium', 'chromium-browser', 'google-chrome')
const missing = skipReason({ 'MLflow in .cache/mlflow': python })
const missingBrowser = skipReason({ 'MLflow in .cache/mlflow': python, Chromium: chromium })

const launcher = fileURLToPath(new URL('./serve-launcher.js', import.meta.url))
const client = fileURLToPath(new URL('./mlflow-client.py', import.meta.url))
const USER = 'alice'
const PASSWORD = 'wönder land'
const HOST = 'mlflow.example'

describe.skipIf(missing)('MLflow as a child of the guard', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mlflow-'))
  const pictures = join(root, '.cache/pictures')
  let guard: Program
  let port: number
  let upstreamPort: number

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true })
    writeFileSync(join(folder, 'users'), `${USER}:${await hashPassword(PASSWORD)}\n`)
    port = await freePort()
    upstreamPort = await freePort()
    const app = [join(environment, 'bin/mlflow'), 'server', '--port', String(upstreamPort), '--workers', '1']
    // PATH as an activated environment has it: MLflow starts uvicorn by its name
    const env = { ...process.env, PATH: `${environment}/bin:${process.env.PATH}` }
    guard = startProgram(process.execPath, [launcher, 'users', '--listen', `0.0.0.0:${port}`, '--', ...app], {
      cwd: folder,
      env,
    })
    await untilListening(upstreamPort, guard, 3600)
  }, 200_000)

  afterAll(async () => {
    await guard?.[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  const login = { MLFLOW_TRACKING_USERNAME: USER, MLFLOW_TRACKING_PASSWORD: PASSWORD }

  test('requirement 36: the Python client with environment variables does everything it can', async () => {
    const steps = await runClient('all', { MLFLOW_TRACKING_URI: `http://127.0.0.1:${port}`, ...login })
    expect(steps.filter(step => !step.ok)).toEqual([])
    expect(steps).toHaveLength(10)
  }, 300_000)

  test('requirement 36: and with ~/.mlflow/credentials', async () => {
    const home = join(folder, 'home')
    mkdirSync(join(home, '.mlflow'), { recursive: true })
    writeFileSync(
      join(home, '.mlflow/credentials'),
      `[mlflow]\nmlflow_tracking_username = ${USER}\nmlflow_tracking_password = ${PASSWORD}\n`,
    )
    const steps = await runClient('short', { MLFLOW_TRACKING_URI: `http://127.0.0.1:${port}`, HOME: home })
    expect(steps.filter(step => !step.ok)).toEqual([])
  })

  test('requirement 36: and with user and password in the URI', async () => {
    const uri = `http://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}`
    const steps = await runClient('short', { MLFLOW_TRACKING_URI: uri })
    expect(steps.filter(step => !step.ok)).toEqual([])
  })

  const [outside] = outsideAddresses().filter(address => isIPv4(address))

  test.skipIf(outside === undefined)(
    'requirement 6: the assistant stays shut to other machines, whatever they claim',
    async () => {
      const body = '{"message":"hello"}'
      const plain = [basic(USER, PASSWORD), ['Content-Type', 'application/json']] as const
      for (const claims of [
        [],
        [['X-Forwarded-For', '127.0.0.1']],
        [
          ['X-Forwarded-For', '127.0.0.1'],
          ['X-Forwarded-For', '::1'],
        ],
      ] as const) {
        const path = '/ajax-api/3.0/mlflow/assistant/message'
        // our own address on the network: to the guard a machine like any other
        const answer = await ask({
          host: outside as string,
          port,
          method: 'POST',
          path,
          headers: [...plain, ...claims],
          body,
        })
        expect([answer.status, answer.text]).toEqual([403, expect.stringMatching(/same host|localhost/i)])
      }
    },
  )

  test.skipIf(missingBrowser)(
    'requirement 37: the UI works in a browser at a name that is not localhost',
    async () => {
      const seed = `
import mlflow
mlflow.set_experiment("browser")
with mlflow.start_run(run_name="first run") as run:
    mlflow.log_metric("loss", 0.5)
    mlflow.log_text("hello from the artifact", "notes/hello.txt")
    mlflow.set_tag("colour", "red")
with mlflow.start_span("question") as span:
    span.set_inputs({"q": "what is guarded here"})
mlflow.flush_trace_async_logging()
print("IDS", run.info.experiment_id, run.info.run_id)
`
      const env = { ...process.env, MLFLOW_TRACKING_URI: `http://127.0.0.1:${port}`, ...login }
      const output = execFileSync(python as string, ['-c', seed], {
        env,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      const [, experiment = '', run = ''] = /IDS (\d+) (\w+)/.exec(output) ?? []
      const report = await visitUi({
        origin: `http://${HOST}:${port}`,
        resolverRules: `MAP ${HOST} 127.0.0.1`,
        chromium: chromium as string,
        user: USER,
        password: PASSWORD,
        experiment,
        run,
        runName: 'first run',
        traceText: 'what is guarded here',
        picture: step => join(pictures, `mlflow-${step.replaceAll(' ', '-')}.png`),
      })
      expect(report.steps).toEqual([
        'list',
        'open run',
        'edit tag',
        'view artifact',
        'view trace',
        'delete run',
      ])
      // MLflow itself says 404 where it has no accounts
      const own = ['404 GET /ajax-api/2.0/mlflow/users/current', '401 GET /']
      expect(report.refused.filter(line => !own.includes(line))).toEqual([])
      expect(report.challenges).toBeLessThanOrEqual(1)
    },
  )

  test('the secret stood in none of what the command and MLflow wrote', () => {
    expect(guard.output()).not.toContain(PASSWORD)
    expect(guard.output()).toContain(`MLFLOW_TRACKING_USERNAME='${USER}'`)
  })

  test('SIGTERM ends the guard with status 0, and MLflow with it', async () => {
    guard.process.kill('SIGTERM')
    expect(await guard.ended).toBe(0)
    await expect(ask({ port: upstreamPort })).rejects.toThrow('ECONNREFUSED')
  })
})

interface Step {
  readonly step: string
  readonly ok: boolean
  readonly error?: string
}

/** One line of JSON for each step of the script. */
function runClient(which: string, env: NodeJS.ProcessEnv): Promise<Step[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(python as string, [client, which], {
      env: { PATH: process.env.PATH, HOME: homedir(), ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', text => {
      output += text
    })
    child.once('error', reject)
    child.once('close', () => {
      const lines = output.split('\n').filter(line => line.startsWith('{"step"'))
      resolve(lines.map(line => JSON.parse(line)))
    })
  })
}
