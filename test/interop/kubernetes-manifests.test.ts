// The manifests of docs/deploy for clusters: the Gateway API's by its schema, Traefik's by Traefik itself, which reads them
// from a stand-in of Kubernetes' API server.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { hashPassword } from '../../src/hash/hash-password.ts'
import { ACCEPT_HTML } from '../support/browser-client.ts'
import {
  eventually,
  findCached,
  findInEnvironment,
  freePort,
  type Program,
  skipReason,
  startProgram,
  untilListening,
} from '../support/outside-program.ts'
import { type Ask, ask, basic } from '../support/raw-client.ts'
import { run } from '../support/run.ts'
import { StubUpstream } from '../support/stub-upstream.ts'
import { KubernetesApi, type Resource, serviceOf } from './kubernetes-api.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const python = findInEnvironment('deploy', 'python')
const traefik = findInEnvironment('proxies', 'traefik')
const script = fileURLToPath(new URL('./kubernetes-manifests.py', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'manifests-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const manifest = (name: string): string => join(root, 'docs/deploy', name)

/** The files, the definitions of their resources, and a spelling mistake in a field of each kind. */
const schemas = [
  [
    'kubernetes-gateway.yaml',
    'proxies/gateway.networking.k8s.io_httproutes.yaml',
    ['allowedHeaders', 'hostnames'],
  ],
  [
    'kubernetes-traefik.yaml',
    'proxies/traefik.io.yaml',
    ['forwardAuth', 'authResponseHeaders', 'entryPoints'],
  ],
  ['kubernetes-ingress.yaml', 'proxies/traefik.io.yaml', ['ingressClassName', 'annotations']],
] as const

describe.each(schemas)('%s', (name, definitions, fields) => {
  const schema = findCached(definitions)
  const missing = skipReason({ 'Python in .cache/deploy': python, [`.cache/${definitions}`]: schema })
  const validate = (path: string) => run(python as string, [script, path, schema as string])

  test.skipIf(missing)('fits the schemas of its kinds', async () => {
    expect(await validate(manifest(name))).toMatchObject({ status: 0, stderr: '' })
  })

  test.skipIf(missing).each(fields)('would not with a mistake in %s', async field => {
    const path = join(folder, 'misspelt.yaml')
    const text = readFileSync(manifest(name), 'utf8')
    writeFileSync(path, text.replace(field, `${field}s`))
    expect((await validate(path)).stderr).toContain(`'${field}s' was unexpected`)
  })
})

describe.skipIf(skipReason({ 'Python in .cache/deploy': python, Traefik: traefik }))(
  'Traefik in a cluster',
  () => {
    const app = new StubUpstream()
    const programs: Program[] = []
    let cluster: KubernetesApi
    /** An IngressRoute is served at the first, an Ingress at the second. */
    let port: number
    let plainPort: number

    beforeAll(async () => {
      writeFileSync(join(folder, 'users'), `ann:${await hashPassword('pw', { cost: 5 })}\n`)
      const guardPort = await freePort()
      port = await freePort()
      plainPort = await freePort()
      await app.listen()
      const bin = join(root, 'bin/htpasswd.js')
      const options = ['--login', '--auth-endpoint', 'traefik', '--trust-proxy', 'loopback']
      const listen = ['--listen', `127.0.0.1:${guardPort}`]
      const guard = startProgram(process.execPath, [bin, 'serve', 'users', ...options, ...listen], {
        cwd: folder,
      })
      programs.push(guard)
      await untilListening(guardPort, guard)

      const resources = async (name: string): Promise<Resource[]> => {
        const { stdout } = await run(python as string, [script, manifest(name)])
        const inCluster = 'htpasswd.default.svc.cluster.local:8081'
        return JSON.parse(stdout.replaceAll(inCluster, `127.0.0.1:${guardPort}`))
      }
      cluster = new KubernetesApi([
        ...(await resources('kubernetes-traefik.yaml')),
        ...(await resources('kubernetes-ingress.yaml')),
        // as Traefik's chart makes it
        {
          apiVersion: 'networking.k8s.io/v1',
          kind: 'IngressClass',
          metadata: { name: 'traefik' },
          spec: { controller: 'traefik.io/ingress-controller' },
        },
        ...serviceOf('htpasswd', 8081, guardPort),
        ...serviceOf('mlflow', 5000, app.port),
      ])
      const api = await cluster.listen()
      const providers = ['kubernetescrd', 'kubernetesingress'].flatMap(name => [
        `--providers.${name}.endpoint=${api}`,
        `--providers.${name}.token=x`,
      ])
      const entryPoints = [
        `--entrypoints.websecure.address=127.0.0.1:${port}`,
        `--entrypoints.web.address=127.0.0.1:${plainPort}`,
      ]
      const proxy = startProgram(traefik as string, [...entryPoints, ...providers])
      programs.push(proxy)
      await untilListening(port, proxy)
      for (const scheme of ['http', 'https'] as const)
        await eventually(`the routes of Traefik for ${scheme}`, () =>
          send(scheme, { path: '/.htpasswd/health' }).then(
            ({ status }) => status === 200 || undefined,
            () => undefined,
          ),
        )
    })
    afterAll(async () => {
      for (const program of programs) await program[Symbol.asyncDispose]()
      await cluster[Symbol.asyncDispose]()
      await app[Symbol.asyncDispose]()
    })

    const send = (scheme: 'http' | 'https', { headers = [], ...what }: Omit<Ask, 'port'>) => {
      const to = scheme === 'https' ? { port, tls: true } : { port: plainPort }
      return ask({ ...to, headers: [['Host', 'ml.example'], ...headers], ...what })
    }
    beforeEach(() => app.reset())

    test.each([
      ['IngressRoute', 'https'],
      ['Ingress', 'http'],
    ] as const)('%s: no login, a browser without a login, and a login', async (_, scheme) => {
      expect((await send(scheme, {})).status).toBe(401)
      const browser = await send(scheme, { path: '/page', headers: [['Accept', ACCEPT_HTML]] })
      expect([browser.status, browser.headers.location]).toEqual([
        303,
        `${scheme}://ml.example/.htpasswd/login?next=%2Fpage`,
      ])
      const spoofed = ['Remote-User', 'Remote_User', 'Remote.User', 'Remote_Groups'].map(
        name => [name, 'root'] as const,
      )
      expect((await send(scheme, { headers: spoofed })).status).toBe(401)
      expect(app.seen).toEqual([])
      expect((await send(scheme, { headers: [basic('ann', 'pw'), ...spoofed] })).status).toBe(200)
      expect([app.only.all('remote-user'), app.only.all('authorization')]).toEqual([['ann'], []])
      for (const [name] of spoofed.slice(1)) expect(app.only.all(name)).toEqual([])
    })
  },
)
