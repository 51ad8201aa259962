// The one-file executables that `npm run build:exe` made: this system's own, Windows' under Wine, and macOS' by its bytes.
import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cases } from '../command/cases.ts'
import { AUDIENCE, signInAtProvider, startProvider } from '../support/identity-provider.ts'
import { accessClaims } from '../support/openid-guard.ts'
import {
  findProgram,
  freePort,
  type Program,
  skipReason,
  startProgram,
  untilListening,
} from '../support/outside-program.ts'
import { maskSalts, type Run, readFolder, run, withFolder } from '../support/run.ts'
import { noWindows, onWindows, runWindows, startWindows, windowsPath } from '../windows/windows.ts'
import { expectSigned } from './mac-signature.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const systems = { linux: 'linux', darwin: 'darwin', win32: 'win' } as Record<string, string>
const target = `${systems[process.platform]}-${process.arch}`
const pathOf = (name: string): string =>
  join(root, 'dist-exe', `htpasswd-${name}${name.startsWith('win') ? '.exe' : ''}`)
/** Node for it, which an earlier `npm run build:exe` has fetched; without it a test would wait for a big download. */
const fetched = (name: string): string | undefined =>
  [join(root, '.cache', 'exe', `node-${name}`)].find(existsSync)
const missing = skipReason({ [`npm run build:exe -- ${target}`]: fetched(target) })
const noExe = noWindows ?? skipReason({ 'npm run build:exe -- win-x64': fetched('win-x64') })
const macs = ['darwin-arm64', 'darwin-x64'].filter(fetched)
const noMac = skipReason({ 'npm run build:exe -- darwin-arm64': macs[0] })
const lief = [join(root, '.cache', 'lief', 'bin', 'python')].find(existsSync)
const noLief = noMac ?? skipReason({ 'lief in .cache/lief': lief })

// made anew, or they would be of an earlier state of the sources
beforeAll(() => {
  const wanted = [...new Set([...(missing ? [] : [target]), ...(noExe ? [] : ['win-x64']), ...macs])]
  if (wanted.length === 0) return
  const words = [join(root, 'build', 'executable', 'executable.js'), ...wanted]
  const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' })
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
}, 600_000)

const here = cases.filter(({ posix }) => !posix || process.platform !== 'win32')
const windowsToo = cases.filter(({ posix }) => !posix)

type Call = (args: readonly string[], options: { cwd: string; stdin: Buffer }) => Promise<Run>
async function hold(
  { args, stdin, files = {}, status, stdout, stderr, after }: (typeof cases)[number],
  call: Call,
) {
  await withFolder(files, async cwd => {
    const done = await call(args, { cwd, stdin: Buffer.from(stdin ?? '', 'latin1') })
    expect(done.stderr).toEqual(stderr instanceof RegExp ? expect.stringMatching(stderr) : (stderr ?? ''))
    expect({ status: done.status, stdout: maskSalts(done.stdout) }).toEqual({ status, stdout: stdout ?? '' })
    const found = Object.entries(readFolder(cwd)).map(([name, text]) => [name, maskSalts(text)])
    expect(Object.fromEntries(found)).toEqual(after ?? files)
  })
}

/** Logs in several times at once, so that the checks go to threads. */
async function holdLogins(port: number): Promise<void> {
  const login = (password: string) =>
    fetch(`http://127.0.0.1:${port}/`, { headers: { authorization: `Basic ${btoa(`ann:${password}`)}` } })
  const answers = await Promise.all(['secret', 'wrong', 'secret', 'other'].map(login))
  expect(answers.map(answer => answer.status)).toEqual([200, 401, 200, 401])
  expect(await answers[0]?.text()).toContain('ann')
}

describe.skipIf(missing)(`htpasswd-${target}`, () => {
  const exe = pathOf(target)
  const running: Program[] = []
  afterAll(async () => {
    for (const program of running) await program[Symbol.asyncDispose]()
  })

  test.concurrent.each(here)('$rule', row => hold(row, (args, options) => run(exe, args, options)))

  test('a long hash is computed in a thread, from the embedded file', async () => {
    await withFolder({}, async cwd => {
      const made = await run(exe, ['-cb5r300000', 'f', 'ann', 'secret'], { cwd })
      expect(made).toMatchObject({ status: 0, stderr: 'Adding password for user ann\n' })
      expect(await run(exe, ['-vb', 'f', 'ann', 'secret'], { cwd })).toMatchObject({ status: 0 })
      expect(await run(exe, ['-vb', 'f', 'ann', 'wrong'], { cwd })).toMatchObject({ status: 3 })
    })
  })

  test('import reads CSV with the embedded parser, and hashes in threads', async () => {
    await withFolder({ 'new.csv': 'user,password\nann,secret\nbob,"b, c"\n' }, async cwd => {
      const made = await run(exe, ['import', 'f', 'new.csv', '--cost', '8'], { cwd })
      expect(made).toEqual({ status: 0, stdout: '', stderr: 'created f\n2 users added\n' })
      expect(await run(exe, ['-vb', 'f', 'bob', 'b, c'], { cwd })).toMatchObject({ status: 0 })
    })
  })

  test.each([[[]], [['--workers', '2']]])('serve %j checks bcrypt in threads', async words => {
    await withFolder({}, async cwd => {
      await run(exe, ['-cbBC8', 'f', 'ann', 'secret'], { cwd })
      const port = await freePort()
      const program = startProgram(exe, ['serve', 'f', '--demo', '--listen', String(port), ...words], { cwd })
      running.push(program)
      await untilListening(port, program)
      await holdLogins(port)
      program.process.kill('SIGTERM')
      expect(await program.ended).toBe(0)
      expect(program.output()).not.toContain('Warning')
    })
  })

  test('serve signs people in with an identity provider, and accepts its tokens', async () => {
    await withFolder({ f: 'ann@example.com:*\n' }, async cwd => {
      const port = await freePort()
      const origin = `http://127.0.0.1:${port}`
      await using provider = await startProvider(origin, { token_endpoint_auth_method: 'none' })
      const words = [
        ...[
          '--login',
          '--public-url',
          origin,
          '--oidc-issuer',
          provider.issuer,
          '--oidc-client-id',
          'mlflow',
        ],
        ...['--jwt-issuer', provider.issuer, '--jwt-audience', AUDIENCE],
      ]
      const program = startProgram(exe, ['serve', 'f', '--demo', '--listen', `127.0.0.1:${port}`, ...words], {
        cwd,
      })
      running.push(program)
      await untilListening(port, program)
      expect((await signInAtProvider(origin, 'ann')).page.body).toContain('ann@example.com')
      const token = await provider.sign(accessClaims({ provider }))
      expect((await fetch(origin, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200)
    })
  })

  test('help, version, completion and a service that runs the executable alone', async () => {
    expect((await run(exe, ['--help'])).stdout).toContain('htpasswd serve')
    expect((await run(exe, ['--version'])).stdout).toMatch(/^htpasswd-kit \d+\.\d+\.\d+\n$/)
    expect((await run(exe, ['completion', 'bash'])).stdout).toContain('-F _htpasswd htpasswd')
    await withFolder({ f: 'a:b\n' }, async cwd => {
      const words = ['service', 'install', 'f', '--demo', '--user', '--print']
      const { stdout } = await run(exe, words, { cwd })
      expect(stdout).toContain(exe)
      expect(stdout).not.toContain('htpasswd.js')
    })
  })
})

onWindows(
  'htpasswd.exe',
  () => {
    const exe = windowsPath(pathOf('win-x64'))

    // the whole table runs on Windows' Node in test/windows; what the executable adds is the same in every row
    test.each(windowsToo.filter((_, i) => i % 6 === 0))('$rule', row =>
      hold(row, (args, options) => runWindows(exe, args, options)),
    )

    test('a long hash goes to a thread', async () => {
      const made = await runWindows(exe, ['-nb5r300000', 'ann', 'secret'])
      expect(made).toMatchObject({
        status: 0,
        stderr: '',
        stdout: expect.stringMatching(/^ann:\$6\$rounds=300000\$/),
      })
    })

    test('serve checks bcrypt in threads', async () => {
      await withFolder({}, async cwd => {
        await runWindows(exe, ['-cbBC8', 'f', 'ann', 'secret'], { cwd })
        const port = await freePort()
        const started = startWindows(exe, ['serve', 'f', '--demo', '--listen', String(port)], { cwd })
        try {
          const end = { ended: started.ended, output: () => started.stderr() } as Program
          await untilListening(port, end)
          await holdLogins(port)
          expect(end.output()).not.toContain('Warning')
        } finally {
          started.process.kill()
          await started.ended
        }
      })
    })
  },
  noExe,
)

describe.skipIf(noMac)('for macOS', () => {
  test.each(macs)('%s has a valid signature', name => expectSigned(readFileSync(pathOf(name))))

  // what Apple's dynamic loader looks at, after another program's reading of it
  test.skipIf(noLief).each(macs)('%s has the layout that the loader expects', name => {
    const code = `import lief, sys
print(*lief.MachO.check_layout(lief.MachO.parse(sys.argv[1]).at(0)))`
    const { stdout, stderr } = spawnSync(lief as string, ['-c', code, pathOf(name)], { encoding: 'utf8' })
    expect({ stdout, stderr }).toEqual({ stdout: 'True \n', stderr: '' })
  })

  test.skipIf(process.platform !== 'darwin').each(macs)('%s is signed as codesign wants it', name => {
    const words = ['--verify', '--strict', '--verbose', pathOf(name)]
    const { status, stderr } = spawnSync(findProgram('codesign') as string, words, { encoding: 'utf8' })
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
  })
})

test.skipIf(missing)('the licences of everything in them are beside them', () => {
  const text = readFileSync(join(root, 'dist-exe', 'LICENSES.txt'), 'utf8')
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  for (const name of ['Node.js', 'htpasswd-kit', ...Object.keys(dependencies)])
    expect(text).toMatch(new RegExp(`^${name}( [\\d.]+)?\n\n`, 'm'))
  expect(text).toContain('OpenSSL')
})

test.skipIf(missing)('every executable is a program of its system', () => {
  const marks = { linux: '7f454c46', win: '4d5a', darwin: 'cffaedfe' }
  const names = Object.keys(marks).flatMap(system => [`${system}-x64`, `${system}-arm64`])
  for (const name of names.filter(one => existsSync(pathOf(one)))) {
    const mark = marks[name.split('-')[0] as keyof typeof marks]
    const head = Buffer.alloc(mark.length / 2)
    const file = openSync(pathOf(name), 'r')
    readSync(file, head)
    closeSync(file)
    expect({ name, head: head.toString('hex') }).toEqual({ name, head: mark })
  }
})
