// `serve --https`: openssl, curl, MLflow's client and Chromium accept the certificate once they trust its authority, and
// only then.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium as playwright } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { issueCertificate } from '../../src/cli/commands/serve/https/x509.ts'
import { trustPlan } from '../../src/cli/commands/trust/plan.ts'
import { hashPassword } from '../../src/hash/hash-password.ts'
import {
  eventually,
  findProgram,
  freePort,
  type Program,
  skipReason,
  startProgram,
} from '../support/outside-program.ts'
import { run as runProgram } from '../support/run.ts'
import { bin } from '../support/scratch.ts'
import { chromium, python, runPython } from './mlflow-programs.ts'

const home = mkdtempSync(join(tmpdir(), 'https-'))
const folder = join(home, '.local/state/htpasswd-kit/https')
const authority = join(folder, 'ca.pem')
const app = createServer((_, response) => {
  response.setHeader('content-type', 'application/json').end('{"experiments":[]}')
})
let program: Program
let port: number
let plainPort: number
/** What it said at its start. */
let message: string

beforeAll(async () => {
  writeFileSync(join(home, 'users'), `ann:${await hashPassword('wonderland', { cost: 5 })}\n`)
  await new Promise<void>(resolve => app.listen(0, '127.0.0.1', resolve))
  ;[port, plainPort] = [await freePort(), await freePort()]
  const upstream = `http://127.0.0.1:${(app.address() as AddressInfo).port}`
  const https = ['--https', '--https-name', 'mlflow.test', '--redirect-http', String(plainPort)]
  program = startProgram(
    process.execPath,
    [bin, 'serve', 'users', '--upstream', upstream, '--listen', String(port), '--workers', '2', ...https],
    { cwd: home, env: { ...process.env, HOME: home, XDG_STATE_HOME: '', STATE_DIRECTORY: '' } },
  )
  message = await eventually('the start', () =>
    program.output().includes('Guarding') ? program.output() : undefined,
  )
})
afterAll(async () => {
  await program?.[Symbol.asyncDispose]()
  app.close()
  rmSync(home, { recursive: true })
})

const openssl = findProgram('openssl')
describe.skipIf(skipReason({ openssl }))('openssl', () => {
  const run = (...words: string[]) => runProgram(openssl as string, words)
  const verify = (file: string, ...more: string[]) =>
    run('verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', authority, ...more, file)

  test.each(['localhost', 'mlflow.test'])('verifies it strictly for %s', async name => {
    expect((await verify(join(folder, 'server.pem'), '-verify_hostname', name)).stdout).toContain(': OK')
  })

  test('refuses it for another name', async () => {
    expect((await verify(join(folder, 'server.pem'), '-verify_hostname', 'other.test')).stderr).toContain(
      'mismatch',
    )
  })

  test.each([['example.com'], ['8.8.8.8']])('refuses what the authority signs for %s', async name => {
    const key = readFileSync(join(folder, 'ca-key.pem'), 'utf8')
    const [now, soon] = [Date.now() - 60_000, Date.now() + 86_400_000].map(time => new Date(time)) as [
      Date,
      Date,
    ]
    const request = { commonName: 'x', notBefore: now, notAfter: soon }
    const { certificate } = issueCertificate(request, [name], {
      certificate: readFileSync(authority, 'utf8'),
      key,
    })
    writeFileSync(join(home, 'stolen.pem'), certificate)
    expect((await verify(join(home, 'stolen.pem'))).stderr).toContain('permitted subtree violation')
  })

  test('reads the uses of both keys, and the names that the authority is limited to', async () => {
    const text = async (file: string) => (await run('x509', '-in', file, '-noout', '-text')).stdout
    const ca = await text(authority)
    expect(ca).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0/)
    expect(ca).toMatch(/Key Usage: critical\s+Certificate Sign, CRL Sign/)
    expect(ca).toMatch(/Name Constraints: critical\s+Permitted:\s+DNS:localhost/)
    const server = await text(join(folder, 'server.pem'))
    expect(server).toMatch(/Basic Constraints: critical\s+CA:FALSE/)
    expect(server).toMatch(/Key Usage: critical\s+Digital Signature/)
    expect(server).toMatch(/Extended Key Usage:\s+TLS Web Server Authentication/)
  })

  test('prints the fingerprint that the start message has', async () => {
    const { stdout: shown } = await run('x509', '-in', authority, '-noout', '-fingerprint', '-sha256')
    expect(message).toContain(`SHA-256 ${shown.trim().replace(/^.*=/, '').replaceAll(':', '').toLowerCase()}`)
    expect(message).toContain(authority)
  })
})

test.skipIf(process.platform === 'win32')('the keys are readable by their owner only', () => {
  const modes = ['', 'ca-key.pem', 'server.pem'].map(name => statSync(join(folder, name)).mode & 0o777)
  expect(modes).toEqual([0o700, 0o600, 0o600])
})

const curl = findProgram('curl')
describe.skipIf(skipReason({ curl }))('curl', () => {
  const run = (...words: string[]) => runProgram(curl as string, ['-sS', '-i', '-m', '30', ...words])

  test('with --cacert: the login works, by every name', async () => {
    const hosts = ['localhost', '127.0.0.1', 'mlflow.test']
    for (const host of hosts) {
      const trusted = ['--cacert', authority, '--resolve', `mlflow.test:${port}:127.0.0.1`]
      expect((await run(...trusted, `https://${host}:${port}/`)).stdout).toContain('401 Unauthorized')
      const { stdout, stderr } = await run(...trusted, '-u', 'ann:wonderland', `https://${host}:${port}/`)
      expect({ host, stdout, stderr }).toMatchObject({
        stdout: expect.stringContaining('200 OK'),
        stderr: '',
      })
    }
  })

  test('without: it refuses', async () => {
    expect((await run(`https://localhost:${port}/`)).stderr).toMatch(/certificate/)
  })

  test('from plain HTTP it is redirected, by the same name', async () => {
    const trusted = ['--cacert', authority, '--resolve', `mlflow.test:${plainPort}:127.0.0.1`]
    const { stdout } = await run(...trusted, `http://mlflow.test:${plainPort}/a/b?c=d`)
    expect(stdout).toContain('308 Permanent Redirect')
    expect(stdout).toContain(`location: https://mlflow.test:${port}/a/b?c=d\r\n`)
  })

  test.each([
    ['a password', ['-u', 'ann:wonderland']],
    ['data', ['-d', 'x=y']],
  ])('%s sent in clear text is not redirected: the program would go on', async (_, words) => {
    const { stdout } = await run(...words, `http://localhost:${plainPort}/`)
    expect(stdout).toContain('403 Forbidden')
    expect(stdout).toContain(`Use https://localhost:${port} instead.`)
  })
})

test.skipIf(skipReason({ 'mlflow in .cache/mlflow': python }))(
  "MLflow's client takes the authority's file",
  async () => {
    const code = `from mlflow import MlflowClient
try: print(MlflowClient().search_experiments())
except Exception as error: print(error)`
    const variables = {
      MLFLOW_TRACKING_URI: `https://localhost:${port}`,
      MLFLOW_TRACKING_USERNAME: 'ann',
      MLFLOW_TRACKING_PASSWORD: 'wonderland',
      MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0',
    }
    const trusting = { ...variables, MLFLOW_TRACKING_SERVER_CERT_PATH: authority }
    expect(await runPython(['-c', code], trusting)).toBe('[]\n')
    expect(await runPython(['-c', code], variables)).toMatch(/certificate verify failed/i)
  },
)

const certutil = findProgram('certutil')
describe.skipIf(skipReason({ chromium, 'certutil (libnss3-tools)': certutil }))('Chromium', () => {
  test('warns until the steps of htpasswd trust are done', async () => {
    const visit = async () => {
      const browser = await playwright.launch({
        executablePath: chromium as string,
        args: ['--no-sandbox', '--host-resolver-rules=MAP mlflow.test 127.0.0.1'],
        env: { ...(process.env as Record<string, string>), HOME: home },
      })
      try {
        const page = await browser.newPage({ httpCredentials: { username: 'ann', password: 'wonderland' } })
        await page.goto(`https://mlflow.test:${port}/`)
        return await page.textContent('body')
      } finally {
        await browser.close()
      }
    }
    await expect(visit()).rejects.toThrow('ERR_CERT_AUTHORITY_INVALID')
    const host = { platform: 'linux', home, isRoot: false, firefoxProfiles: [] } as const
    const probes = { has: (program: string) => program === 'certutil', exists: () => false }
    const added = { file: authority, name: 'htpasswd-kit CA', serialNumber: '' }
    for (const { command } of trustPlan({ ...host, ...probes }, added, false).steps)
      execFileSync(command[0], command.slice(1))
    expect(await visit()).toContain('experiments')
  })
})
