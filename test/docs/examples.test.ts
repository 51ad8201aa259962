// Every example of README.md and docs/*.md is run and prints what the page says.
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { get } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { addProgram, inExampleFolder, runProgram, runSession } from '../../build/docs/examples.js'
import { fencesOf, programsOf } from '../../build/docs/markdown.js'
import { readPages } from '../../build/docs/pages.js'
import { parseServe } from '../../src/cli/commands/serve/request.ts'
import { freePort, startProgram, untilListening } from '../support/outside-program.ts'
import { bin, readManifest } from './repository.ts'

const pages = [...readPages()]
const fences = pages.flatMap(([path, text]) => fencesOf(text).map(fence => ({ path, ...fence })))
const examplesIn = (language: string) => fences.filter(fence => fence.language === language)

test('each example is in a language that is run here, or is generated', () => {
  const run = ['js', 'console', 'sh', 'json']
  // outside the API reference, `ts` is a server, which servers.test.ts runs
  const generated = ['text', 'ts']
  const languages = new Set(fences.map(({ language }) => language))
  expect([...languages].filter(language => ![...run, ...generated].includes(language))).toEqual([])
})

describe('JavaScript', () => {
  const examples = pages.flatMap(([path, text]) =>
    programsOf(text).map(({ line, ...example }) => ({ name: `${path}:${line}`, ...example })),
  )

  test('has examples', () => expect(examples.length).toBeGreaterThan(9))

  test.each(examples)('$name', async ({ code, output }) => {
    expect(await runProgram(code)).toEqual({ stdout: output, stderr: '' })
  })
})

describe.skipIf(process.platform === 'win32')('sessions at a shell', () => {
  const sessions = examplesIn('console').map(({ path, text }) => ({
    name: `${path}: ${text.split('\n')[0]}`,
    text,
  }))

  test('has examples', () => expect(sessions.length).toBeGreaterThan(4))

  test.each(sessions)('$name', async ({ text }) => expect(await runSession(text)).toBe(text))
})

/** The arguments of a command line that runs this package; undefined for another program. */
const argumentsOf = (command: string): string[] | undefined =>
  /^(?:npx )?htpasswd(?:-kit)? (.*)$/.exec(command)?.[1]?.split(' ')

/** Runs the command with its arguments; one of our own commands only as far as its options are read. */
function understand(argv: readonly string[]): { status: number | null; stderr: string } {
  const [first = '', ...rest] = argv
  const apache = first.startsWith('-') || !/^[a-z]+$/.test(first)
  const folder = mkdtempSync(join(tmpdir(), 'docs-'))
  try {
    for (const name of ['mlflow-authfile', 'team.csv']) writeFileSync(join(folder, name), '')
    // an unknown option is an error beside --help too
    const args = apache ? argv : [first, '--help', ...rest]
    const run = spawnSync(process.execPath, [bin, ...args], {
      cwd: folder,
      encoding: 'utf8',
      input: 'secret\nsecret\n',
    })
    return { status: run.status, stderr: apache ? '' : run.stderr }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

describe('commands', () => {
  const blocks = examplesIn('sh').flatMap(({ path, text }) =>
    text
      .trimEnd()
      // a backslash continues a line
      .replaceAll(/ *\\\n */g, ' ')
      .split('\n')
      .map(command => ({ path, command })),
  )
  // those in tables and in prose
  const inline = pages.flatMap(([path, text]) =>
    [...text.replaceAll(/^```.*?^```$/gms, '').matchAll(/`(htpasswd [^`]+)`/g)]
      .map(([, command = '']) => ({ path, command }))
      .filter(({ command }) => !/[A-Z…]{3}|^htpasswd -?\w+$/.test(command)),
  )

  test('README.md has the two lines for a checkout, and they do what it says', () => {
    const { scripts } = readManifest()
    const lines = blocks.filter(({ path }) => path === 'README.md').map(({ command }) => command)
    expect(lines).toContain('npm ci && npm start')
    expect(lines).toContain('npm ci && npm test')
    expect(scripts.start).toBe('node bin/start.js')
    expect(scripts.prestart).toContain('build')
    expect(scripts.pretest).toContain('build')
  })

  test('are those of npm, pip or of this package', () => {
    const others = blocks.filter(({ command }) => argumentsOf(command) === undefined)
    expect(
      others.filter(
        ({ command }) => !/^npm (ci|install|run|start)\b|^pip install htpasswd-kit$/.test(command),
      ),
    ).toEqual([])
  })

  test.each(
    [...blocks, ...inline].flatMap(({ path, command }) => {
      const argv = argumentsOf(command)
      return argv === undefined ? [] : [{ name: `${path}: ${command}`, argv }]
    }),
  )('$name is understood', ({ argv }) => {
    // a user of an empty file is unknown to -v and -D, which is not the point here
    const { status, stderr } = understand(argv)
    expect({ isUsageError: status === 2, stderr }).toEqual({ isUsageError: false, stderr: '' })
  })

  describe.skipIf(process.platform === 'win32')('the commands at the top of README.md', () => {
    const [first = '', importing = '', serving = ''] = blocks.map(({ command }) => command)

    /** In a folder with an `npx` that runs this package, and an `mlflow` that responds. */
    const inReadersFolder = (
      use: (folder: string, env: NodeJS.ProcessEnv, port: number, appPort: number) => Promise<void>,
    ) =>
      inExampleFolder(async (folder, exampleEnv) => {
        const [appPort, port] = [await freePort(), await freePort()]
        addProgram(folder, 'npx', join(folder, 'npx.cjs'))
        addProgram(folder, 'mlflow', join(folder, 'mlflow.cjs'))
        writeFileSync(join(folder, 'npx.cjs'), `process.argv.splice(2, 1)\nrequire(${JSON.stringify(bin)})\n`)
        const app = `require('node:http').createServer((_, res) => res.end('the app')).listen(process.argv[4], '127.0.0.1')`
        writeFileSync(join(folder, 'mlflow.cjs'), app)
        const env = { ...exampleEnv, HTPASSWD_LISTEN: `127.0.0.1:${port}`, XDG_STATE_HOME: folder }
        await use(folder, env, port, appPort)
      })

    test('one starts an app and guards it', { timeout: 60_000 }, () =>
      inReadersFolder(async (folder, readersEnv, port, appPort) => {
        const env = { ...readersEnv, HTPASSWD_PASSWORD_ENV: 'PASSWORD', PASSWORD: 'secret' }
        const command = first.replace('5000', String(appPort))
        await using program = startProgram('sh', ['-c', `exec ${command}`], { cwd: folder, env })
        await untilListening(port, program)
        const url = `http://127.0.0.1:${port}/`
        expect((await fetch(url)).status).toBe(401)
        const headers = { authorization: `Basic ${btoa('admin:secret')}` }
        expect(await (await fetch(url, { headers })).text()).toBe('the app')
      }),
    )

    test('two make logins for four people, with HTTPS', { timeout: 60_000 }, () =>
      inReadersFolder(async (folder, env, port, appPort) => {
        const names = ['me', 'ann', 'bob', 'carol']
        writeFileSync(join(folder, 'team.csv'), `${names.join('\n')}\n`)
        const { stdout } = spawnSync('sh', ['-c', importing], { cwd: folder, env, encoding: 'utf8' })
        const logins = stdout.trim().split('\n')
        expect(logins.map(login => login.split(':')[0])).toEqual(names)
        const command = serving.replace('5000', String(appPort))
        await using program = startProgram('sh', ['-c', `exec ${command}`], { cwd: folder, env })
        await untilListening(port, program)
        const ca = readFileSync(join(folder, 'htpasswd-kit/https/ca.pem'))
        const url = `https://127.0.0.1:${port}/`
        expect((await getTrusting(ca, url)).status).toBe(401)
        for (const login of logins)
          expect(await getTrusting(ca, url, login)).toEqual({ status: 200, text: 'the app' })
      }),
    )
  })
})

/** `fetch` takes no certificate authority. */
async function getTrusting(ca: Buffer, url: string, login?: string) {
  const [response] = (await once(
    get(url, { ca, ...(login !== undefined && { auth: login }) }),
    'response',
  )) as [IncomingMessage]
  return { status: response.statusCode, text: await text(response) }
}

test.each(examplesIn('json'))('$path: a configuration is taken by --config', ({ text }) =>
  inExampleFolder(folder => {
    writeFileSync(join(folder, 'serve.json'), text)
    const { file, values } = parseServe(['--config', join(folder, 'serve.json')], {})
    const given = JSON.parse(text) as Record<string, unknown>
    expect(file).toBe(given.file)
    for (const name of ['allow-path', 'tls-cert', 'tls-key'] as const)
      expect(values[name]).toEqual(given[name])
  }),
)
