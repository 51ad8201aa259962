// `pip install htpasswd-kit`: the wheel of this system in a new environment without Node; the others by their contents.
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startProvider } from '../support/identity-provider.ts'
import { eventually, findProgram, freePort, skipReason, startProgram } from '../support/outside-program.ts'
import { ask, basic } from '../support/raw-client.ts'
import { run } from '../support/run.ts'
import { noWindows, onWindows, runWindows, windowsPath } from '../windows/windows.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const out = join(root, 'dist-wheel')
const wheels = existsSync(out) ? readdirSync(out).filter(name => name.endsWith('.whl')) : []
const wheelOf = (platform: string): string | undefined =>
  wheels.filter(name => name.endsWith(`-py3-none-${platform}.whl`)).map(name => join(out, name))[0]
const python = findProgram('python3')
const architectures: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' }
const own =
  process.platform === 'linux' ? wheelOf(`manylinux_2_28_${architectures[process.arch]}`) : undefined
const howToMake = 'npm run build:wheel'
const { version, description } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

const folder = mkdtempSync(join(tmpdir(), 'wheel-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe.skipIf(skipReason({ python3: python, [`${howToMake} for this system`]: own }))('installed', () => {
  const scripts = join(folder, 'environment', 'bin')
  const program = (name: string): string => join(scripts, name)
  // nothing but the environment's programs and the system's: Node is elsewhere
  const tools = join(folder, 'tools')
  const env = { ...process.env, PATH: [scripts, tools].join(':'), HOME: folder }

  beforeAll(() => {
    mkdirSync(tools)
    const create = spawnSync(python as string, ['-m', 'venv', join(folder, 'environment')], {
      encoding: 'utf8',
    })
    expect(create.stderr).toBe('')
    const words = [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--no-index',
      '--disable-pip-version-check',
      own as string,
    ]
    const { status, stderr } = spawnSync(program('python'), words, { encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  }, 120_000)

  test('there is no Node', () => {
    expect(spawnSync('node', ['--version'], { env }).error).toMatchObject({ code: 'ENOENT' })
  })

  test.each([['htpasswd'], ['htpasswd-kit'], ['python', '-m', 'htpasswd_kit']])(
    '%s %s %s',
    async (name, ...words) => {
      const { status, stdout, stderr } = await run(program(name), [...words, '-nbs', 'carol', 'secret'], {
        env,
      })
      expect({ status, stdout, stderr }).toEqual({
        status: 0,
        stdout: 'carol:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n\n',
        stderr: '',
      })
    },
  )

  test.each([
    [['htpasswd'], 'htpasswd'],
    [['htpasswd-kit'], 'htpasswd-kit'],
    [['python', '-m', 'htpasswd_kit'], 'python -m htpasswd_kit'],
  ])('%j is the name in its hints', async ([name = '', ...words], shown) => {
    const call = `"$@"`
    // through a shell, which passes the name as it was typed
    const { stderr } = await run(
      '/bin/sh',
      ['-c', call, 'sh', name, ...words, 'serve', 'missing', '--demo'],
      {
        cwd: folder,
        env,
      },
    )
    expect(stderr).toContain(`with: ${shown} `)
  })

  test('openid check speaks with a provider', async () => {
    await using provider = await startProvider('https://ml.example', { token_endpoint_auth_method: 'none' })
    writeFileSync(join(folder, 'people'), 'ann@example.com:*\n')
    const words = [
      '--oidc-issuer',
      provider.issuer,
      '--oidc-client-id',
      'mlflow',
      '--public-url',
      'https://ml.example',
    ]
    const { status, stdout } = await run(program('htpasswd'), ['openid', 'check', 'people', ...words], {
      cwd: folder,
      env,
    })
    expect(stdout).toContain(`${provider.issuer} responds, and has 1 key\n`)
    expect(status).toBe(0)
  })

  test('the start of the README: a first user, a guard, a page', async () => {
    const port = await freePort()
    const words = ['serve', '--init', '--demo', '--listen', String(port)]
    await using guard = startProgram(program('htpasswd-kit'), words, { cwd: folder, env })
    const output = await eventually('the start', () =>
      guard.output().includes('Guarding') ? guard.output() : undefined,
    )
    const password = /shown this once: (\w+)/.exec(output)?.[1] ?? ''
    expect((await ask({ port })).status).toBe(401)
    expect((await ask({ port, headers: [basic('admin', password)] })).status).toBe(200)
    guard.process.kill('SIGTERM')
    expect(await guard.ended).toBe(0)
  })
})

/** What is in a wheel, by Python's own reading: `[name, mode, content in base64 or its digest, size]`. */
function contentsOf(wheel: string) {
  const code = `import base64, hashlib, json, sys, zipfile
for entry in (archive := zipfile.ZipFile(sys.argv[1])).infolist():
    content = archive.read(entry)
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
    text = content.decode() if len(content) < 100_000 else ""
    print(json.dumps([entry.filename, entry.external_attr >> 16, digest, len(content), text]))`
  const { stdout, stderr } = spawnSync(python as string, ['-c', code, wheel], {
    encoding: 'utf8',
    maxBuffer: 1e8,
  })
  expect(stderr).toBe('')
  const rows = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as [string, number, string, number, string])
  return rows.map(([name, mode, digest, size, text]) => ({ name, mode, digest, size, text }))
}

const programs: Readonly<Record<string, string>> = {
  manylinux_2_28_x86_64: 'htpasswd',
  manylinux_2_28_aarch64: 'htpasswd',
  macosx_11_0_x86_64: 'htpasswd',
  macosx_11_0_arm64: 'htpasswd',
  win_amd64: 'htpasswd.exe',
  win_arm64: 'htpasswd.exe',
}
describe.each(Object.entries(programs))('the wheel of %s', (platform, name) => {
  const wheel = wheelOf(platform)
  const missing = skipReason({ python3: python, [howToMake]: wheel })

  test.skipIf(missing)('has the program, its record and its tag, below 100 MB', () => {
    expect(statSync(wheel as string).size).toBeLessThan(100_000_000)
    const files = contentsOf(wheel as string)
    const info = `htpasswd_kit-${version}.dist-info`
    const text = (file: string): string => files.find(one => one.name === `${info}/${file}`)?.text ?? ''
    const recorded = files.map(file =>
      file.name === `${info}/RECORD` ? `${file.name},,` : `${file.name},sha256=${file.digest},${file.size}`,
    )
    expect(text('RECORD').trim().split('\n').toSorted()).toEqual(recorded.toSorted())
    expect(text('WHEEL').split('\n')).toEqual(
      expect.arrayContaining(['Wheel-Version: 1.0', 'Root-Is-Purelib: false', `Tag: py3-none-${platform}`]),
    )
    expect(text('METADATA')).toContain(`Name: htpasswd-kit\nVersion: ${version}\nSummary: ${description}\n`)
    const program = files.find(file => file.name === `htpasswd_kit-${version}.data/scripts/${name}`)
    expect(program?.mode).toBe(0o100755)
    expect(program?.size).toBeGreaterThan(50_000_000)
    expect(
      text('licenses/LICENSES.txt') || files.some(file => file.name.endsWith('LICENSES.txt')),
    ).toBeTruthy()
  })
})

const checker = [join(root, '.cache/wheel-checks/bin/check-wheel-contents')].find(existsSync)
test
  .skipIf(skipReason({ 'check-wheel-contents in .cache/wheel-checks': checker, [howToMake]: wheels[0] }))
  .each(wheels)('check-wheel-contents finds nothing wrong with %s', wheel => {
  const { stdout } = spawnSync(checker as string, [join(out, wheel)], { encoding: 'utf8' })
  expect(stdout).toMatch(/: OK\n$/)
})

const windowsWheel = wheelOf('win_amd64')
onWindows(
  'the program in the wheel of win_amd64',
  () => {
    test('runs', async () => {
      const extract = 'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])'
      spawnSync(python as string, ['-c', extract, windowsWheel as string, folder])
      const exe = join(folder, `htpasswd_kit-${version}.data`, 'scripts', 'htpasswd.exe')
      const { stdout, status } = await runWindows(windowsPath(exe), ['-nbs', 'carol', 'secret'])
      expect({ stdout, status }).toEqual({ stdout: 'carol:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n\n', status: 0 })
    })
  },
  noWindows ?? skipReason({ python3: python, [`${howToMake} -- win-x64`]: windowsWheel }),
)
