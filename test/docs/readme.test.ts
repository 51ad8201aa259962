// Every example of the README is run, and what is made from the command's tables is up to date.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseServe } from '../../src/cli/commands/serve/options.ts'
import { ExitStatus } from '../../src/cli/exit-status.ts'
import { formats } from '../../src/hash/registry.ts'
import { freePort, startProgram, untilListening } from '../support/outside-program.ts'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const bin = join(root, 'bin/htpasswd.js')
const readme = readFileSync(join(root, 'README.md'), 'utf8').replaceAll('\r\n', '\n')
const fences = [...readme.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language, text]) => ({
  language,
  text: text ?? '',
}))
const textsOf = (language: string): string[] =>
  fences.filter(fence => fence.language === language).map(({ text }) => text)

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'readme-'))
  mkdirSync(join(folder, 'node_modules'))
  // a junction, so that Windows needs no privilege
  symlinkSync(root, join(folder, 'node_modules', 'htpasswd-kit'), 'junction')
  for (const name of ['connect', 'express', 'fastify', 'hono'])
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), 'junction')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A program of the examples, first on the PATH. */
function place(name: string, script: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\nexec "${process.execPath}" "${script}" "$@"\n`)
  chmodSync(join(folder, name), 0o755)
}
const pathWithFolder = (): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: `${folder}${delimiter}${process.env.PATH}`,
})

test('no example is in a language that nothing here runs', () => {
  const run = ['js', 'console', 'sh', 'json']
  // `text` is what an example prints, or made from the tables
  expect([...new Set(fences.map(fence => fence.language))].toSorted()).toEqual([...run, 'text'].toSorted())
})

describe('JavaScript examples', () => {
  const examples = fences.flatMap((fence, i) => {
    const next = fences[i + 1]
    return fence.language === 'js'
      ? [{ code: fence.text, output: next?.language === 'text' ? next.text : '' }]
      : []
  })

  test('are there', () => expect(examples.length).toBeGreaterThan(4))

  test.each(examples.map(one => [one.code.split('\n').find(line => line.includes('(')), one] as const))(
    '%s',
    (_name, example) => {
      writeFileSync(join(folder, 'example.mjs'), example.code)
      const run = spawnSync(process.execPath, ['example.mjs'], { cwd: folder, encoding: 'utf8' })
      expect(run.stderr).toBe('')
      expect(run.stdout).toBe(example.output)
    },
  )
})

describe.skipIf(process.platform === 'win32')('sessions at a shell', () => {
  test.each(textsOf('console').map(text => [text.split('\n')[0], text] as const))('%s', (_name, text) => {
    place('htpasswd', bin)
    for (const [, command = '', output = ''] of text.matchAll(/^\$ (.*)\n((?:(?!\$ ).*\n)*)/gm)) {
      const run = spawnSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8', env: pathWithFolder() })
      expect({ command, output: run.stdout + run.stderr }).toEqual({ command, output })
    }
  })
})

describe('commands', () => {
  const commands = textsOf('sh').flatMap(text => text.trimEnd().split('\n'))

  test('the two lines of a checkout do what they say', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>
    }
    expect(commands).toContain('npm ci && npm start')
    expect(commands).toContain('npm ci && npm test')
    expect(scripts.start).toBe('node bin/start.js')
    expect(scripts.prestart).toContain('build')
    expect(scripts.pretest).toContain('build')
  })

  // another program's command in an example would go untested
  const words = (command: string): string[] | undefined =>
    /^(?:npx )?htpasswd(?:-kit)? (.*)$/.exec(command)?.[1]?.split(' ')

  test('are npm’s or ours', () => {
    const others = commands.filter(command => words(command) === undefined)
    expect(others.filter(command => !/^npm (ci|install|run)\b/.test(command))).toEqual([])
  })

  test.each(commands.filter(command => words(command)))('%s: is understood', command => {
    const [first = '', ...rest] = words(command) ?? []
    // an option that does not exist is an error, also beside --help
    const classic = first.startsWith('-') || !/^[a-z]+$/.test(first)
    const line = classic ? [first, ...rest] : [first, '--help', ...rest]
    const input = 'secret\nsecret\n'
    const run = spawnSync(process.execPath, [bin, ...line], { cwd: folder, encoding: 'utf8', input })
    expect({ status: run.status, stderr: classic ? '' : run.stderr }).toEqual({ status: 0, stderr: '' })
  })

  test.skipIf(process.platform === 'win32')(
    'the first two guard an app that they start',
    { timeout: 60_000 },
    async () => {
      const [appPort, port] = [await freePort(), await freePort()]
      place('npx', join(folder, 'npx.cjs'))
      place('mlflow', join(folder, 'mlflow.cjs'))
      writeFileSync(join(folder, 'npx.cjs'), `process.argv.splice(2, 1)\nrequire(${JSON.stringify(bin)})\n`)
      const app = `require('node:http').createServer((_, res) => res.end('the app')).listen(process.argv[4], '127.0.0.1')`
      writeFileSync(join(folder, 'mlflow.cjs'), app)
      const [make = '', serve = ''] = commands.map(command => command.replace('5000', String(appPort)))
      const env = { ...pathWithFolder(), HTPASSWD_LISTEN: `127.0.0.1:${port}` }
      const options = { cwd: folder, encoding: 'utf8', env, input: 'secret\nsecret\n' } as const
      expect(spawnSync('sh', ['-c', make], options).stderr).toContain('Adding password for user admin')
      await using program = startProgram('sh', ['-c', `exec ${serve}`], { cwd: folder, env })
      await untilListening(port, program)
      const url = `http://127.0.0.1:${port}/`
      expect((await fetch(url)).status).toBe(401)
      const headers = { authorization: `Basic ${btoa('admin:secret')}` }
      expect(await (await fetch(url, { headers })).text()).toBe('the app')
    },
  )
})

test.each(textsOf('json'))('a configuration is taken by --config: %#', text => {
  writeFileSync(join(folder, 'serve.json'), text)
  const { file, values } = parseServe(['--config', join(folder, 'serve.json')], {})
  const given = JSON.parse(text) as Record<string, unknown>
  expect(file).toBe(given.file)
  for (const name of ['allow-path', 'tls-cert', 'tls-key'] as const) expect(values[name]).toEqual(given[name])
})

test('every dependency has its reason', () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  const section = readme.slice(readme.indexOf('\n## Dependencies'), readme.indexOf('\n## Questions'))
  const named = [...section.matchAll(/^\| `([\w-]+)`/gm)].map(([, name]) => name)
  expect(named.toSorted()).toEqual(Object.keys(dependencies).toSorted())
})

test('every exit status is explained', () => {
  const table = readme.slice(readme.indexOf('\n| status |'), readme.indexOf('\n## The guard'))
  const explained = [...table.matchAll(/^\| (\d) /gm)].map(([, status]) => Number(status))
  expect(explained).toEqual(Object.values(ExitStatus).toSorted())
})

test('every hash format is named', () => {
  expect(formats.map(({ id }) => `\`${id}\``).filter(name => !readme.includes(name))).toEqual([])
})

test('what is made from the command’s tables is up to date', () => {
  const fill = join(root, 'docs', 'fill-readme.js')
  const { stderr, status } = spawnSync(process.execPath, [fill, '--check'], { encoding: 'utf8' })
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
})
