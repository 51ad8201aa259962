// The published types hold for programs with other compilers and other settings than ours.
import { spawnSync } from 'node:child_process'
import { copyFileSync, cpSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { skipReason } from '../support/outside-program.ts'
import { installPackage } from './installed-package.ts'
import { howToFetch, typescriptCompiler, typescriptVersions, typesFolder } from './toolchain.js'

const installed = installPackage()
const types = typesFolder()
const missing = skipReason({
  'the npm registry, or its packages in npm’s cache': installed?.folder,
  [`the types of Node (${howToFetch})`]: types,
})
const folder = installed?.folder ?? ''
const root = join(import.meta.dirname, '../..')
const consumer = join(import.meta.dirname, 'consumer.ts')
afterAll(() => installed?.[Symbol.dispose]())

const resolutions = {
  node16: { module: 'node16', moduleResolution: 'node16' },
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
}

function compile(compiler: string, files: string | readonly string[], settings: object) {
  const compilerOptions = {
    ...{ noEmit: true, strict: true, target: 'es2022', lib: ['es2022'], types: ['node'] },
    ...settings,
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [files].flat() }))
  const { stdout, status } = spawnSync(process.execPath, [compiler, '-p', '.'], {
    cwd: folder,
    encoding: 'utf8',
  })
  return { stdout, status }
}

const newProgram = `import { hashPassword, HtpasswdFile } from 'htpasswd-kit'
export async function add(file: string, user: string, password: Buffer): Promise<number> {
  const hash: string = await hashPassword(password)
  await HtpasswdFile.update(file, document => document.set(user, hash), { create: true })
  return (await HtpasswdFile.open(file)).size
}
`

/** A program for each sub-path; the declarations of Fastify and Hono are for newer compilers than 5.4. */
const doors: Readonly<Record<string, string>> = {
  express: `import type { IncomingMessage, ServerResponse } from 'node:http'
import { type AccessOptions, type BasicAuthRefusal, basicAuth, sessionAuth } from 'htpasswd-kit/express'
const access: AccessOptions = { rules: ['ANY /** valid-user'], groups: 'groups' }
export const pages = sessionAuth({ ...access, file: 'users', tokens: 'users.tokens', maxFailures: 5 })
export const reasonOf = ({ reason }: BasicAuthRefusal): string => reason
export const login = basicAuth({ file: 'users', address: req => req.ip })
export const greet = (req: IncomingMessage & Express.Request, res: ServerResponse): void =>
  login(req, res, () => res.end(req.auth?.user))
`,
  node: `import { createServer } from 'node:http'
import { basicAuth } from 'htpasswd-kit/node'
const login = basicAuth({ users: { ann: '$2y$05$x' }, rules: ['GET /** valid-user'] })
export const server = createServer((req, res) => login(req, res, () => res.end(req.auth?.groups.join())))
`,
  fetch: `import { basicAuth } from 'htpasswd-kit/fetch'
const login = basicAuth({ users: async name => (name === 'ann' ? '$2y$05$x' : undefined) })
export async function GET(request: Request): Promise<Response> {
  const { auth, response } = await login(request)
  return response ?? Response.json({ user: auth.user })
}
`,
  fastify: `import Fastify from 'fastify'
import { basicAuth, type Closable, sessionAuth } from 'htpasswd-kit/fastify'
export const close = (given: Closable): Promise<void> => given.close()
export const app = Fastify()
void app.register(basicAuth, { file: 'users', maxFailures: 5, address: request => request.ip })
void app.register(sessionAuth, { file: 'users', rules: ['ANY /** valid-user'], address: request => request.ip })
app.get('/', async request => request.auth?.user)
// @ts-expect-error no users
void app.register(basicAuth, { realm: 'Lab' })
`,
  hono: `import { Hono } from 'hono'
import { basicAuth, type MiddlewareOptions, sessionAuth } from 'htpasswd-kit/hono'
const common: MiddlewareOptions = { tokens: 'users.tokens', realm: 'Lab' }
export const pages = new Hono().use(sessionAuth({ ...common, file: 'users', address: c => c.req.header('x-real-ip') }))
export const app = new Hono().use(basicAuth({ file: 'users', address: c => c.req.header('x-real-ip') }))
app.get('/', c => c.text(c.get('auth').user))
`,
}
const frameworks = ['fastify', 'hono']

describe.skipIf(missing).each(typescriptVersions)('TypeScript %s', version => {
  const compiler = typescriptCompiler(version) ?? ''
  const absent = skipReason({ [`TypeScript ${version} (${howToFetch})`]: compiler || undefined })

  beforeAll(() => {
    copyFileSync(consumer, join(folder, 'consumer.mts'))
    // a program under `bundler` names its files .ts
    copyFileSync(consumer, join(folder, 'consumer.ts'))
    cpSync(types ?? '', join(folder, 'node_modules/@types'), { recursive: true })
    cpSync(join(types ?? '', '../undici-types'), join(folder, 'node_modules/undici-types'), {
      recursive: true,
    })
  })

  describe.each(Object.entries(resolutions))('under %s', (name, settings) => {
    test.skipIf(absent).each([true, false])('exactOptionalPropertyTypes: %s', exactOptionalPropertyTypes => {
      const file = name === 'bundler' ? 'consumer.ts' : 'consumer.mts'
      // our declarations themselves have to be right, too; once a compiler, for it checks Node's along with them
      const skipLibCheck = name !== 'nodenext' || exactOptionalPropertyTypes
      const outcome = compile(compiler, file, { ...settings, exactOptionalPropertyTypes, skipLibCheck })
      expect(outcome).toEqual({ stdout: '', status: 0 })
    })
  })

  // TypeScript knows require of a module since 5.8
  if (!version.startsWith('5.4')) {
    test.skipIf(absent)('a CommonJS program requires it', () => {
      const text =
        "import kit = require('htpasswd-kit')\nexport const made: Promise<string> = kit.hashPassword('x')\n"
      writeFileSync(join(folder, 'required.cts'), text)
      expect(compile(compiler, 'required.cts', { ...resolutions.nodenext, skipLibCheck: true })).toEqual({
        stdout: '',
        status: 0,
      })
    })
  }

  test.skipIf(absent)('a new project, whose `types` is empty, gets those of Node', () => {
    writeFileSync(join(folder, 'new.mts'), newProgram)
    const created = { ...resolutions.nodenext, types: [], target: 'esnext', lib: ['esnext'] }
    const strict = { exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, isolatedModules: true }
    const outcome = compile(compiler, 'new.mts', { ...created, ...strict, skipLibCheck: true })
    expect(outcome).toEqual({ stdout: '', status: 0 })
  })

  // TypeScript 7 has no node10 any more
  if (!version.startsWith('7.')) {
    test.skipIf(absent)('under node10, by main and types', () => {
      writeFileSync(join(folder, 'old.ts'), newProgram)
      const old = { module: 'commonjs', moduleResolution: 'node10', skipLibCheck: true }
      const quiet = version.startsWith('6.') ? { ignoreDeprecations: '6.0' } : {}
      expect(compile(compiler, 'old.ts', { ...old, ...quiet })).toEqual({ stdout: '', status: 0 })
    })
  }

  const subPaths = Object.keys(doors).filter(
    name => !(version.startsWith('5.4') && frameworks.includes(name)),
  )
  test.skipIf(absent).each(['nodenext', 'bundler', ...(version.startsWith('7.') ? [] : ['node10'])])(
    'the sub-paths under %s',
    resolution => {
      for (const name of frameworks) {
        const link = join(folder, 'node_modules', name)
        // a junction needs no privilege on Windows
        if (!existsSync(link)) symlinkSync(join(root, 'node_modules', name), link, 'junction')
      }
      for (const name of subPaths) writeFileSync(join(folder, `${name}-door.ts`), doors[name] ?? '')
      const settings = {
        nodenext: { ...resolutions.nodenext, skipLibCheck: true },
        bundler: { ...resolutions.bundler, skipLibCheck: true },
        node10: {
          ...{ module: 'esnext', moduleResolution: 'node10', skipLibCheck: true },
          ...(version.startsWith('6.') && { ignoreDeprecations: '6.0' }),
        },
      }[resolution as 'nodenext' | 'bundler' | 'node10']
      writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
      expect(
        compile(
          compiler,
          subPaths.map(name => `${name}-door.ts`),
          settings,
        ),
      ).toEqual({ stdout: '', status: 0 })
    },
  )

  test.skipIf(absent)('a program with type errors is rejected', () => {
    writeFileSync(join(folder, 'wrong.mts'), "import { hashPasword } from 'htpasswd-kit'\nhashPasword()\n")
    expect(compile(compiler, 'wrong.mts', { ...resolutions.nodenext, skipLibCheck: true }).stdout).toContain(
      "'hashPassword'",
    )
  })
})

test('the program uses every public name', () => {
  const index = readFileSync(join(import.meta.dirname, '../../src/index.ts'), 'utf8')
  const names = [...index.matchAll(/\{([^}]*)\}/g)].flatMap(([, list = '']) =>
    list.split(',').map(one => one.replace('type ', '').trim()),
  )
  const used = readFileSync(consumer, 'utf8')
  expect(names.filter(name => name !== '' && !new RegExp(`\\b${name}\\b`).test(used))).toEqual([])
})
