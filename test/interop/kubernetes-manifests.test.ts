// The manifests of docs/deploy for clusters: the Gateway API's by its schema, Traefik's by running what they say in Traefik.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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

interface Resource {
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly spec: Record<string, unknown> & {
    readonly routes: readonly {
      readonly match: string
      readonly middlewares?: readonly { readonly name: string }[]
      readonly services: readonly { readonly name: string; readonly port: number }[]
    }[]
  }
}

describe.skipIf(skipReason({ 'Python in .cache/deploy': python, Traefik: traefik }))(
  'kubernetes-traefik.yaml',
  () => {
    const app = new StubUpstream()
    const programs: Program[] = []
    let port: number

    beforeAll(async () => {
      writeFileSync(join(folder, 'users'), `ann:${await hashPassword('pw', { cost: 5 })}\n`)
      const guardPort = await freePort()
      port = await freePort()
      await app.listen()
      const bin = join(root, 'bin/htpasswd.js')
      const options = ['--login', '--auth-endpoint', 'traefik', '--trust-proxy', 'loopback']
      const listen = ['--listen', `127.0.0.1:${guardPort}`]
      const guard = startProgram(process.execPath, [bin, 'serve', 'users', ...options, ...listen], {
        cwd: folder,
      })
      programs.push(guard)
      await untilListening(guardPort, guard)

      const { stdout } = await run(python as string, [script, manifest('kubernetes-traefik.yaml')])
      const inCluster = 'htpasswd.default.svc.cluster.local:8081'
      const resources = JSON.parse(stdout.replaceAll(inCluster, `127.0.0.1:${guardPort}`)) as Resource[]
      const addresses: Record<string, number> = { 'htpasswd:8081': guardPort, 'mlflow:5000': app.port }
      writeFileSync(join(folder, 'dynamic.yaml'), JSON.stringify(toFileProvider(resources, addresses)))
      const dynamic = `--providers.file.filename=${join(folder, 'dynamic.yaml')}`
      const proxy = startProgram(traefik as string, [`--entrypoints.web.address=127.0.0.1:${port}`, dynamic])
      programs.push(proxy)
      await untilListening(port, proxy)
      await eventually('the routes of Traefik', async () => {
        const { status } = await send({ path: '/.htpasswd/health' })
        return status === 200 || undefined
      })
    })
    afterAll(async () => {
      for (const program of programs) await program[Symbol.asyncDispose]()
      await app[Symbol.asyncDispose]()
    })

    const send = ({ headers = [], ...what }: Omit<Ask, 'port'>) =>
      ask({ port, headers: [['Host', 'ml.example'], ...headers], ...what })

    test('no login, a browser without a login, and a login', async () => {
      expect((await send({})).status).toBe(401)
      const browser = await send({ path: '/page', headers: [['Accept', ACCEPT_HTML]] })
      expect([browser.status, browser.headers.location]).toEqual([
        303,
        'http://ml.example/.htpasswd/login?next=%2Fpage',
      ])
      expect(app.seen).toEqual([])
      expect((await send({ headers: [basic('ann', 'pw'), ['Remote-User', 'root']] })).status).toBe(200)
      expect([app.only.all('remote-user'), app.only.all('authorization')]).toEqual([['ann'], []])
    })
  },
)

/** What Traefik's provider for Kubernetes makes of the resources, for its provider that reads a file. */
function toFileProvider(resources: readonly Resource[], addresses: Readonly<Record<string, number>>): object {
  const of = (kind: string): readonly Resource[] => resources.filter(resource => resource.kind === kind)
  const routes = of('IngressRoute').flatMap(({ spec }) => spec.routes)
  return {
    http: {
      middlewares: Object.fromEntries(of('Middleware').map(({ metadata, spec }) => [metadata.name, spec])),
      routers: Object.fromEntries(
        routes.map(({ match, middlewares = [], services }, i) => {
          const names = middlewares.map(({ name }) => name)
          const router = { rule: match, service: services[0]?.name }
          return [`route${i}`, names.length > 0 ? { ...router, middlewares: names } : router]
        }),
      ),
      services: Object.fromEntries(
        routes.flatMap(({ services }) =>
          services.map(({ name, port }) => {
            const url = `http://127.0.0.1:${addresses[`${name}:${port}`]}`
            return [name, { loadBalancer: { servers: [{ url }] } }]
          }),
        ),
      ),
    },
  }
}
