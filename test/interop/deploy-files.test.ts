// The compose file and the Kubernetes manifests of docs/deploy: valid by their schemas, and their arguments, probes and
// mounts work with the real `serve`, through the `..data` swap with which Kubernetes updates a mounted Secret.
import { execFileSync, spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { bin, root } from '../docs/repository.ts'
import {
  eventually,
  findInEnvironment,
  freePort,
  skipReason,
  startProgram,
} from '../support/outside-program.ts'
import { StubUpstream } from '../support/stub-upstream.ts'

const python = findInEnvironment('deploy', 'python')
const missing = skipReason({ 'the environment .cache/deploy': python })
const folder = mkdtempSync(join(tmpdir(), 'htpasswd-deploy-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const STORED_HASH = '{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ='
const htpasswd = (...args: string[]): string =>
  execFileSync(process.execPath, [bin, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
// biome-ignore lint/suspicious/noExplicitAny: the schema was checked by another program
const validated = (kind: string, ...files: string[]): any[] => {
  const script = join(import.meta.dirname, 'deploy-files.py')
  return JSON.parse(execFileSync(python as string, [script, kind, ...files], { encoding: 'utf8' }))
}
const deployed = (name: string): string => join(root, 'docs/deploy', name)

function exported(target: string, users: readonly string[]): string {
  const file = join(folder, 'users')
  writeFileSync(file, users.map(user => `${user}:${STORED_HASH}\n`).join(''))
  const path = join(folder, `${target}.yaml`)
  writeFileSync(path, htpasswd('export', '--for', target, file))
  return path
}

/** As the kubelet does: a new folder, and one link to it that is replaced at once. */
function mountVolume(mount: string, files: Readonly<Record<string, string>>): void {
  const version = `..${Object.values(files).join('').length}-${Math.random()}`
  mkdirSync(join(mount, version), { recursive: true })
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(mount, version, name), text)
    try {
      symlinkSync(join('..data', name), join(mount, name))
    } catch {
      // it is there since the first version
    }
  }
  symlinkSync(version, join(mount, '..data_tmp'))
  renameSync(join(mount, '..data_tmp'), join(mount, '..data'))
}

describe.skipIf(missing !== undefined)('Kubernetes', () => {
  const secretOf = (users: readonly string[]) => {
    const [secret] = validated('kubernetes', exported('kubernetes', users))
    return { secret, file: Buffer.from(secret.data['.htpasswd'], 'base64').toString() }
  }

  test('manifests are valid, name each other rightly, and drain before they are killed', () => {
    const [config, deployment, budget, service] = validated('kubernetes', deployed('kubernetes.yaml'))
    const { secret } = secretOf(['alice'])
    const { metadata, spec } = deployment.spec.template
    const [container] = spec.containers
    const names = spec.volumes.map(
      (volume: { secret?: { secretName: string }; configMap?: { name: string } }) =>
        volume.secret?.secretName ?? volume.configMap?.name,
    )
    expect(names).toEqual([secret.metadata.name, config.metadata.name, undefined])
    for (const selector of [
      deployment.spec.selector,
      budget.spec.selector,
      { matchLabels: service.spec.selector },
    ])
      expect(selector).toEqual({ matchLabels: metadata.labels })
    expect(budget.spec.minAvailable).toBeLessThan(deployment.spec.replicas)
    expect(container.ports[0].name).toBe(service.spec.ports[0].targetPort)
    expect(container.volumeMounts.some((mount: object) => 'subPath' in mount)).toBe(false)
    const seconds = (name: string): number =>
      Number(container.args.find((arg: string) => arg.startsWith(`--${name}=`)).split('=')[1])
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(seconds('drain-delay') + seconds('grace'))
  })

  test.skipIf(process.platform === 'win32')(
    'users, tokens, groups and rules change with the mounted volumes',
    { timeout: 60_000 },
    async () => {
      const [config, deployment] = validated('kubernetes', deployed('kubernetes.yaml'))
      const [container] = deployment.spec.template.spec.containers
      const [auth, access] = ['auth', 'access'].map(name => join(folder, name)) as [string, string]
      mountVolume(auth, { '.htpasswd': secretOf(['alice', 'bob']).file })
      mountVolume(access, config.data)
      await using app = await new StubUpstream().listen()
      const port = await freePort()
      const args = container.args
        .map((arg: string) => arg.replace('/auth/', `${auth}/`).replace('/access/', `${access}/`))
        .map((arg: string) => arg.replace('http://mlflow:5000', `http://127.0.0.1:${app.port}`))
        .map((arg: string) => arg.replace('--drain-delay=5', '--drain-delay=0'))
      await using guard = startProgram(process.execPath, [bin, 'serve', ...args], {
        env: { ...process.env, HTPASSWD_LISTEN: `127.0.0.1:${port}` },
      })
      const get = async (path: string, user?: string): Promise<number> => {
        const credentials = user?.startsWith('htk_') ? `Bearer ${user}` : `Basic ${btoa(`${user}:secret`)}`
        const headers = user === undefined ? {} : { authorization: credentials }
        return (await fetch(`http://127.0.0.1:${port}${path}`, { headers })).status
      }
      const { livenessProbe, readinessProbe } = container
      await eventually('the guard', () =>
        get(readinessProbe.httpGet.path).then(
          status => (status === 200 ? true : undefined),
          () => undefined,
        ),
      )
      expect(await get(livenessProbe.httpGet.path)).toBe(200)
      expect(await get('/', 'bob')).toBe(200)
      expect(await get('/admin/', 'bob')).toBe(403)
      expect(await get('/admin/', 'alice')).toBe(200)
      const users = secretOf(['alice', 'carol']).file
      mountVolume(auth, { '.htpasswd': users })
      expect(await get('/', 'bob')).toBe(401)
      expect(await get('/', 'carol')).toBe(200)
      // tokens are made where the Secret is made
      const made = join(folder, 'made')
      writeFileSync(made, users)
      const [token = ''] = /htk_\w+/.exec(htpasswd('token', 'add', made, 'carol', '--name', 'ci')) ?? []
      mountVolume(auth, { '.htpasswd': users, '.htpasswd.tokens': readFileSync(`${made}.tokens`, 'utf8') })
      const until = (user: string, path: string, status: number) =>
        eventually(`${status} at ${path}`, async () => (await get(path, user)) === status || undefined)
      await until(token, '/', 200)
      mountVolume(auth, { '.htpasswd': users, '.htpasswd.tokens': '' })
      await until(token, '/', 401)
      mountVolume(access, { ...config.data, groups: 'admins: alice carol\n' })
      await until('carol', '/admin/', 200)
      mountVolume(access, { ...config.data, rules: 'ANY /admin/** none\nANY /** valid-user\n' })
      await until('alice', '/admin/', 403)
      expect(await get('/', 'carol')).toBe(200)
      guard.process.kill('SIGTERM')
      expect(await guard.ended).toBe(0)
    },
  )
})

const privileges = spawnSync('unshare', ['--mount', 'true']).status === 0 ? 'unshare' : undefined

test.skipIf(
  process.platform !== 'linux' || skipReason({ 'a mount namespace (root)': privileges }) !== undefined,
)('a read-only volume: what writes says so and where to change it, and changes nothing', () => {
  const volume = join(folder, 'read-only')
  mountVolume(volume, { '.htpasswd': `alice:${STORED_HASH}\n`, groups: '' })
  const writes = {
    token: ['add', join(volume, '.htpasswd'), 'alice', '--name', 'ci'],
    group: ['add', join(volume, 'groups'), 'admins', 'alice'],
    sessions: ['end', join(volume, '.htpasswd'), 'alice'],
  }
  for (const [name, words] of Object.entries(writes)) {
    const script = 'mount --bind "$0" "$0"; mount -o remount,bind,ro "$0"; exec "$@"'
    const command = [volume, process.execPath, bin, name, ...words]
    const { status, stderr } = spawnSync('unshare', ['--mount', 'sh', '-ec', script, ...command], {
      encoding: 'utf8',
    })
    expect(status, name).not.toBe(0)
    expect(stderr).toContain(
      'it is mounted read-only here; change it where it comes from, such as the Secret',
    )
  }
  expect(
    readdirSync(volume)
      .filter(file => !file.startsWith('..'))
      .sort(),
  ).toEqual(['.htpasswd', 'groups'])
})

describe.skipIf(missing !== undefined)('Compose', () => {
  test('the file is valid, and the guard alone has a port', () => {
    const [{ services }] = validated('compose', deployed('compose.yaml'))
    const { guard, ...others } = services
    expect(guard.read_only).toBe(true)
    expect(Object.values<object>(others).some(service => 'ports' in service)).toBe(false)
    expect(readFileSync(deployed('Dockerfile'), 'utf8')).toContain(`EXPOSE ${guard.ports[0].split(':')[1]}`)
  })

  const mlflow = findInEnvironment('mlflow', 'mlflow')
  test.skipIf(skipReason({ 'MLflow in .cache/mlflow': mlflow }))(
    "MLflow's options are those of its version",
    () => {
      const [{ services, volumes }] = validated('compose', deployed('compose.yaml'))
      const print = 'import importlib.metadata as m; print(m.version("mlflow"), end="")'
      const interpreter = findInEnvironment('mlflow', 'python') as string
      const version = execFileSync(interpreter, ['-c', print], { encoding: 'utf8' })
      expect(services.mlflow.image).toBe(`ghcr.io/mlflow/mlflow:v${version}`)
      const help = execFileSync(mlflow as string, ['server', '--help'], { encoding: 'utf8' })
      const [program, command, ...options] = services.mlflow.command as string[]
      expect([program, command]).toEqual(['mlflow', 'server'])
      for (const option of options) expect(help).toContain(option.split('=')[0])
      // what people logged is there after "docker compose down" and "up"
      const [[volume, path]] = services.mlflow.volumes.map((text: string) => text.split(':'))
      expect(Object.keys(volumes)).toEqual([volume])
      expect(options).toContain(`--artifacts-destination=${path}/artifacts`)
    },
  )

  test('HTPASSWD_USERS of the export, its command and its health check work with serve', {
    timeout: 60_000,
  }, async () => {
    const [exportedUsers] = validated('compose', exported('compose', ['alice']))
    // what Compose makes of $$
    const users = exportedUsers.services.htpasswd.environment.HTPASSWD_USERS.replaceAll('$$', '$')
    const [{ services }] = validated('compose', deployed('compose.yaml'))
    const [, ...args] = services.guard.command
    await using app = await new StubUpstream().listen()
    const port = await freePort()
    const options = args.map((arg: string) =>
      arg.replace('http://mlflow:5000', `http://127.0.0.1:${app.port}`),
    )
    await using guard = startProgram(process.execPath, [bin, 'serve', ...options], {
      env: { ...process.env, HTPASSWD_LISTEN: `127.0.0.1:${port}`, HTPASSWD_USERS: users },
    })
    const check = services.guard.healthcheck.test
      .slice(2)
      .map((arg: string) => arg.replace(':8080', `:${port}`))
    await eventually('a healthy guard', () => {
      try {
        execFileSync(process.execPath, check)
        return true
      } catch {
        return undefined
      }
    })
    const authorization = `Basic ${btoa('alice:secret')}`
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { authorization } })
    expect(response.status).toBe(200)
    expect(guard.output()).toContain('with 1 user of HTPASSWD_USERS')
  })
})
