// The packed package on every Node it is for: small, plain, and working by npx, by import and by require.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { freePort, skipReason } from '../support/outside-program.ts'
import { installPackage, npxInCheckout } from './installed-package.ts'
import { howToFetch, nodeFolder, nodeVersions, tooOldNodeVersions } from './toolchain.js'

const installed = installPackage()
const noRegistry = skipReason({ 'the npm registry, or its packages in npm’s cache': installed?.folder })
afterAll(() => installed?.[Symbol.dispose]())

/** The packages that come with ours. A new name here is a decision: it has its reason in docs/dependencies.md. */
const companions = [
  '@peculiar/asn1-schema',
  '@peculiar/asn1-x509',
  '@peculiar/utils',
  '@zxcvbn-ts/core',
  '@zxcvbn-ts/dictionary-compression',
  '@zxcvbn-ts/language-common',
  'ansi-regex',
  'ansi-styles',
  'apache-md5',
  'asn1js',
  'bcryptjs',
  'cliui',
  'csv-parse',
  'emoji-regex',
  'escalade',
  'fastest-levenshtein',
  'get-caller-file',
  'get-east-asian-width',
  'jose',
  'lru-cache',
  'oauth4webapi',
  'openid-client',
  'pvtsutils',
  'pvutils',
  'string-width',
  'strip-ansi',
  'tslib',
  'unix-crypt-td-js',
  'wrap-ansi',
  'y18n',
  'yargs',
  'yargs-parser',
]

interface Manifest {
  readonly name: string
  readonly version: string
  readonly scripts?: Record<string, string>
}

describe.skipIf(noRegistry)('what is installed', () => {
  const folder = join(installed?.folder ?? '', 'node_modules')
  const list = (ending: RegExp): string[] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(path => ending.test(path))
  const packages = (): Manifest[] =>
    list(/(^|node_modules[\\/])(@[^\\/]+[\\/])?[^\\/@]+[\\/]package\.json$/).map(path =>
      JSON.parse(readFileSync(join(folder, path), 'utf8')),
    )

  test('are the named packages and no others', () => {
    const found = packages().map(({ name, version }) => `${name}@${version}`)
    process.stdout.write(`${found.length} packages, with ours: ${found.toSorted().join(', ')}\n`)
    const names = new Set(found.map(one => one.slice(0, one.lastIndexOf('@'))))
    expect([...names].toSorted()).toEqual([...companions, 'htpasswd-kit'].toSorted())
    // string-width in several copies
    expect(found.length).toBe(35)
  })

  test('runs nothing at installation and holds no native code', () => {
    const scripts = packages().flatMap(({ name, scripts = {} }) =>
      ['preinstall', 'install', 'postinstall'].filter(one => one in scripts).map(one => `${name} ${one}`),
    )
    expect(scripts).toEqual([])
    expect(list(/\.(node|gyp|wasm|so|dll|dylib|exe)$/)).toEqual([])
  })

  test('is under 350 KB packed, and contains only what it needs', () => {
    process.stdout.write(`packed: ${Math.round((installed?.size ?? 0) / 1000)} KB\n`)
    expect(installed?.size).toBeLessThan(350_000)
    const kinds = (installed?.files ?? []).map(path => path.split('/')[0])
    const known = ['CHANGELOG.md', 'LICENSE', 'README.md', 'bin', 'dist', 'man', 'package.json']
    expect(kinds.filter(one => !known.includes(one ?? ''))).toEqual([])
  })
})

test('the lock names no install script and no native package among what is installed with ours', () => {
  const lock = JSON.parse(readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8')) as {
    packages: Record<
      string,
      { dev?: boolean; devOptional?: boolean; hasInstallScript?: boolean; os?: string[]; cpu?: string[] }
    >
  }
  const shipped = Object.entries(lock.packages).filter(
    ([path, one]) => path !== '' && !one.dev && !one.devOptional,
  )
  expect(shipped.length).toBeGreaterThan(10)
  expect(shipped.filter(([, one]) => one.hasInstallScript || one.os || one.cpu)).toEqual([])
})

const program = `
import { createServer } from 'node:http'
import { Authenticator, basicAuth, HtpasswdFile, hashPassword, verifyPassword } from 'htpasswd-kit'
const hash = await hashPassword('wonderland', { cost: 5 })
await HtpasswdFile.update('made', document => document.set('alice', hash), { create: true })
const file = await HtpasswdFile.open('made')
const authenticator = new Authenticator(file)
const login = basicAuth(authenticator)
const server = createServer((req, res) => login(req, res, () => res.end(req.auth.user))).listen(0)
await new Promise(resolve => server.once('listening', resolve))
const headers = { authorization: 'Basic ' + btoa('alice:wonderland') }
const response = await fetch('http://127.0.0.1:' + server.address().port, { headers })
console.log(await verifyPassword('wonderland', hash), await file.verify('alice', 'x'), await response.text())
server.close()
await authenticator[Symbol.asyncDispose]()
`
const required = `console.log(require('htpasswd-kit').identify('{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=').format)`

describe.skipIf(noRegistry).each(nodeVersions)('on Node %s', version => {
  const place = nodeFolder(version)
  const missing = skipReason({ [`Node ${version} (${howToFetch})`]: place })
  const folder = installed?.folder ?? ''
  const node = join(place ?? '', process.platform === 'win32' ? 'node.exe' : 'node')
  const runFile = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return spawnSync(node, [name], { cwd: folder, encoding: 'utf8' })
  }

  test.skipIf(missing)('it is that version', () => {
    expect(spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim()).toBe(`v${version}`)
  })

  if (version === '20.18.3') {
    test.skipIf(missing)('too old for require of a module: the error says what to do', () => {
      const { stderr, status } = runFile('required.cjs', required)
      expect(status).toBe(1)
      expect(stderr).toContain('ERR_REQUIRE_ESM')
      expect(stderr).toContain('dynamic import()')
    })
    return
  }

  test.skipIf(missing)('npx htpasswd and npx htpasswd-kit are the command', () => {
    for (const name of ['htpasswd', 'htpasswd-kit']) {
      const { stdout, stderr, status } = installed?.npx([name, '-nbs', 'carol', 'secret'], place) ?? {}
      expect({ stdout, status }, stderr).toEqual({
        stdout: 'carol:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n\n',
        status: 0,
      })
    }
  })

  test.skipIf(missing)('a program imports the library', () => {
    const { stdout, stderr } = runFile('imported.mjs', program)
    expect({ stdout, stderr }).toEqual({ stdout: 'true false alice\n', stderr: '' })
  })

  test.skipIf(missing)('a CommonJS program requires it', () => {
    const { stdout, stderr } = runFile('required.cjs', required)
    expect({ stdout, stderr }).toEqual({ stdout: 'sha1\n', stderr: '' })
  })

  test.skipIf(missing)('the guard accepts its user, and nobody else', async () => {
    const port = await freePort()
    rmSync(join(folder, 'users'), { force: true })
    const bin = join(folder, 'node_modules/htpasswd-kit/bin/htpasswd.js')
    const words = ['serve', 'users', '--init', '--demo', '--listen', `127.0.0.1:${port}`]
    const child = spawn(node, [bin, ...words], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
    try {
      const said = await untilSaid(child, 'Open')
      const password = /shown this once: (\w+)/.exec(said)?.[1]
      const url = `http://127.0.0.1:${port}/`
      expect((await fetch(url)).status).toBe(401)
      const headers = { authorization: `Basic ${btoa(`admin:${password}`)}` }
      expect(await (await fetch(url, { headers })).text()).toContain('Signed in as admin')
    } finally {
      child.kill()
      await once(child, 'exit')
    }
  })
})

describe.each(tooOldNodeVersions)('on Node %s, which is too old', version => {
  const place = nodeFolder(version)
  const missing = skipReason({ [`Node ${version} (${howToFetch})`]: place })
  const node = join(place ?? '', process.platform === 'win32' ? 'node.exe' : 'node')

  test.skipIf(missing).each(['htpasswd.js', 'start.js'])('bin/%s says so in one line', name => {
    const bin = join(import.meta.dirname, '../../bin', name)
    const { status, stdout, stderr } = spawnSync(node, [bin, 'serve', '--demo'], { encoding: 'utf8' })
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(
      /^htpasswd: needs Node 20\.19 or newer .*, and this is Node \S+\. Install .*pip install htpasswd-kit\n$/,
    )
    expect(stderr).toContain(`this is Node ${version}. `)
  })
})

test('the oldest versions that start are those of package.json', () => {
  const { engines } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'))
  const script = readFileSync(join(import.meta.dirname, '../../bin/node-version.js'), 'utf8')
  expect(engines.node).toBe('^20.19.0 || ^22.12.0 || >=23')
  expect(script).toContain('{ 20: 19, 22: 12 }')
  expect(script).toContain('major < 23 &&')
})

const root = join(import.meta.dirname, '../..')

test('in a checkout npm ci has no warning of an engine', () => {
  const words = ['ci', '--dry-run', '--ignore-scripts', '--no-audit', '--no-fund']
  const { stderr, status } = spawnSync('npm', words, {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  expect({ status, warnings: stderr.match(/EBADENGINE.*/g) }).toEqual({ status: 0, warnings: null })
})

test('git ignores what npm start creates in a checkout', () => {
  expect(readFileSync(join(root, '.gitignore'), 'utf8').split('\n')).toContain('/.htpasswd*')
})

test('in a checkout npx htpasswd is ours', () => {
  const { stdout } = npxInCheckout(['htpasswd', '-nbs', 'carol', 'secret'])
  expect(stdout).toBe('carol:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n\n')
})

test.skipIf(noRegistry)('npx needs no installation', () => {
  const words = ['--yes', `file:${installed?.tarball}`, '-nbs', 'carol', 'secret']
  expect(installed?.npxElsewhere(words).stdout).toBe('carol:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n\n')
})

async function untilSaid(child: ChildProcess, word: string): Promise<string> {
  let said = ''
  for await (const text of child.stderr?.setEncoding('utf8') ?? []) {
    said += text
    if (said.includes(word)) return said
  }
  throw new Error(`expected "${word}" on standard error, got: ${said}`)
}
