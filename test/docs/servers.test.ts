// The examples of servers: compiled in strict mode with the types of the frameworks, then run with a user and without.
import { spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fencesOf, programsOf } from '../../build/docs/markdown.js'
import { readPages } from '../../build/docs/pages.js'
import { freePort } from '../support/outside-program.ts'
import { bin } from './repository.ts'

const root = join(import.meta.dirname, '../..')
const servers = [...readPages()]
  .filter(([path]) => path !== 'docs/api.md')
  .flatMap(([path, text]) =>
    fencesOf(text)
      .filter(({ language }) => language === 'ts')
      .map(({ text: code }) => ({ path, code, door: /htpasswd-kit\/(\w+)/.exec(code)?.[1] ?? '' })),
  )
  .map((example, i) => ({ ...example, name: `${example.path}, ${example.door}`, file: `server-${i}` }))

/** Those that test/docs/examples.test.ts runs; they are JavaScript, so they lack the one type that is no string or number. */
const programs = [...readPages()].flatMap(([path, text]) =>
  programsOf(text).map(({ line, code }) => ({
    file: `${path.replaceAll(/\W/g, '-')}-${line}`,
    code: code.replaceAll(
      /([\w.]+)\.address\(\)\.port/g,
      "($1.address() as import('node:net').AddressInfo).port",
    ),
  })),
)

const folder = mkdtempSync(join(tmpdir(), 'servers-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Imports an example and asks it three times: as nobody, as a user, and as this user after the deletion. */
const visitor = `
import { spawnSync } from 'node:child_process'
const [example, port, bin] = process.argv.slice(2)
const { GET, default: app } = await import(example)
const ask = async headers => {
  const url = 'http://127.0.0.1:' + port + '/'
  for (;;) {
    try {
      const response = await (GET?.(new Request(url, { headers })) ?? app?.request('/', { headers }) ?? fetch(url, { headers }))
      return [response.status, await response.text()]
    } catch (error) {
      // it does not listen yet
      if (error.cause?.code !== 'ECONNREFUSED') throw error
    }
  }
}
const headers = { authorization: 'Basic ' + btoa('alice:wonderland') }
const answers = [await ask({}), await ask(headers)]
spawnSync(process.execPath, [bin, '-D', 'users', 'alice'])
console.log(JSON.stringify([...answers, await ask(headers)]))
process.exit()
`

const compilerOptions = {
  strict: true,
  target: 'es2022',
  module: 'nodenext',
  lib: ['es2023', 'esnext.disposable'],
  types: ['node'],
  outDir: 'out',
  rootDir: '.',
}

function compile(files: readonly string[]): string {
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')
  return spawnSync(process.execPath, [tsc, '-p', '.'], { cwd: folder, encoding: 'utf8' }).stdout
}

beforeAll(() => {
  const modules = join(folder, 'node_modules')
  mkdirSync(modules)
  // a junction needs no privilege on Windows
  symlinkSync(root, join(modules, 'htpasswd-kit'), 'junction')
  for (const name of ['@types', 'connect', 'express', 'fastify', 'hono'])
    symlinkSync(join(root, 'node_modules', name), join(modules, name), 'junction')
  for (const { file, code } of [...servers, ...programs]) writeFileSync(join(folder, `${file}.mts`), code)
  writeFileSync(join(folder, 'visitor.mjs'), visitor)
})

test('there is one for each sub-path', () => {
  const doors = readdirSync(join(root, 'src/http/middleware')).map(name => name.replace('.ts', ''))
  const subPaths = doors.filter(door => ['express', 'fastify', 'fetch', 'hono', 'node'].includes(door))
  expect([...new Set(servers.map(({ door }) => door))].toSorted()).toEqual(subPaths.toSorted())
})

test('the examples in JavaScript have no type errors', () => {
  expect(compile(programs.map(({ file }) => `${file}.mts`))).toBe('')
})

describe('servers', () => {
  beforeAll(() => expect(compile(servers.map(({ file }) => `${file}.mts`))).toBe(''))

  test.each(servers)('$name', async ({ file, code }) => {
    const port = await freePort()
    const place = join(folder, file)
    mkdirSync(place)
    writeFileSync(join(place, 'groups'), 'admins: alice\n')
    spawnSync(process.execPath, [bin, '-cbB', join(place, 'users'), 'alice', 'wonderland'])
    writeFileSync(
      join(folder, 'out', `${file}.mjs`),
      readFileSync(join(folder, 'out', `${file}.mjs`), 'utf8').replaceAll('3000', String(port)),
    )
    const args = [join(folder, 'visitor.mjs'), `./out/${file}.mjs`, String(port), bin]
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: place, encoding: 'utf8' })
    expect(stderr).toBe('')
    const answers = JSON.parse(stdout) as [number, string][]
    expect(answers.map(([status]) => status)).toEqual([401, 200, 401])
    expect(answers[1]?.[1]).toContain('alice')
    expect(code).toContain("file: 'users'")
  })
})
