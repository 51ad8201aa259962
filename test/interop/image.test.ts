// The Dockerfiles of docs/deploy are built and run: not as root, on a read-only file system, as process 1.
import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from '../docs/repository.ts'
import { eventually, findProgram, freePort, skipReason } from '../support/outside-program.ts'
import { StubUpstream } from '../support/stub-upstream.ts'
import { type Container, Images, runImage } from './image.ts'

const buildah = process.platform === 'linux' ? findProgram('buildah') : undefined
const privileges = spawnSync('unshare', ['--mount', 'true']).status === 0 ? 'unshare' : undefined
const executable = join(root, 'dist-exe/htpasswd-linux-x64')

const folder = mkdtempSync(join(tmpdir(), 'htpasswd-image-'))
const app = new StubUpstream()
beforeAll(() => app.listen())
afterAll(async () => {
  await app[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})
const auth = join(folder, 'auth')
mkdirSync(auth)
// the password is "secret"
writeFileSync(join(auth, '.htpasswd'), 'bob:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n')
for (const path of [folder, auth]) chmodSync(path, 0o755)

/** npm without a registry: it installs the packed files of this tree, and the packages that they need. */
function addNpm(rootfs: string): void {
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
    stdio: 'pipe',
  })
  const packed = readdirSync(folder).find(name => name.endsWith('.tgz')) as string
  const target = join(rootfs, 'packed/node_modules')
  mkdirSync(target, { recursive: true })
  execFileSync('tar', ['xzf', join(folder, packed), '-C', target])
  execFileSync('mv', [join(target, 'package'), join(target, 'htpasswd-kit')])
  const listed = execFileSync('npm', ['ls', '--omit', 'dev', '--all', '--parseable'], {
    cwd: root,
    encoding: 'utf8',
  })
  for (const path of listed.trim().split('\n').slice(1))
    cpSync(path, join(target, relative(join(root, 'node_modules'), path)), { recursive: true })
  const script =
    "require('node:fs').cpSync('/packed', process.argv[process.argv.indexOf('--prefix') + 1], { recursive: true })"
  writeFileSync(join(rootfs, 'usr/local/bin/npm'), `#!/usr/local/bin/node\n${script}\n`, { mode: 0o755 })
}

async function expectGuard(container: Container, user: string): Promise<void> {
  const { config } = container
  expect(config.User).toBe(user)
  expect(config.Env).toContain('HTPASSWD_LISTEN=0.0.0.0:8080')
  const port = await freePort()
  const upstream = `http://127.0.0.1:${app.port}`
  await using guard = runImage(container, auth, ['/auth/.htpasswd', '--upstream', upstream], {
    HTPASSWD_LISTEN: `0.0.0.0:${port}`,
  })
  const get = (path: string, headers = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, { headers }).then(({ status }) => status)
  const bob = { authorization: `Basic ${btoa('bob:secret')}` }
  const health = await eventually('the guard', () =>
    get('/.htpasswd/health').catch(() => (guard.process.exitCode === null ? undefined : guard.output())),
  )
  expect(health).toBe(200)
  const owners = execFileSync('ps', ['-o', 'uid=,gid=,args=', '-g', String(guard.process.pid)], {
    encoding: 'utf8',
  })
  expect(owners).toMatch(new RegExp(`^ *${user.replace(':', ' +')} .*serve`, 'm'))
  expect(await get('/')).toBe(401)
  expect(await get('/', bob)).toBe(200)

  // as "docker stop": process 1 has no default action for signals; what is in flight is answered
  let finish = (): void => {}
  app.handler = (_, response) => {
    finish = () => response.end()
  }
  const before = app.seen.length
  const inFlight = get('/slow', bob)
  await eventually('the request', () => app.seen.length > before || undefined)
  process.kill(-(guard.process.pid as number), 'SIGTERM')
  await eventually('no more requests', () =>
    get('/.htpasswd/ready').then(
      status => status === 503 || undefined,
      () => true,
    ),
  )
  finish()
  expect(await inFlight).toBe(200)
  expect(await guard.ended).toBe(0)
  app.reset()
}

const missing = skipReason({ buildah, 'a mount namespace (root)': privileges })

test.skipIf(missing !== undefined)('Dockerfile', { timeout: 240_000 }, async () => {
  using images = new Images()
  images.base(
    'docker.io/library/node:22-slim',
    { '/usr/local/bin/node': process.execPath, '/bin/sh': '/bin/sh' },
    addNpm,
  )
  const container = images.build('Dockerfile', {})
  expect(existsSync(join(container.root, 'build'))).toBe(false)
  await expectGuard(container, '1000:1000')
})

const noExecutable =
  missing ?? skipReason({ 'dist-exe (npm run build:exe)': existsSync(executable) ? executable : undefined })

test.skipIf(noExecutable !== undefined)('Dockerfile.minimal', { timeout: 240_000 }, async () => {
  using images = new Images()
  images.base('gcr.io/distroless/cc-debian12', { '': executable })
  const container = images.build('Dockerfile.minimal', { 'htpasswd-linux-x64': executable })
  // no shell, nothing but libraries and the executable
  expect(readdirSync(container.root)).toContain('htpasswd')
  expect(existsSync(join(container.root, 'bin/sh'))).toBe(false)
  await expectGuard(container, '65532:65532')
})
