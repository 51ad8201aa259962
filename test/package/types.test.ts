// The published types hold for programs with other compilers and other settings than ours.
import { spawnSync } from 'node:child_process'
import { copyFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs'
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
const consumer = join(import.meta.dirname, 'consumer.ts')
afterAll(() => installed?.[Symbol.dispose]())

const resolutions = {
  node16: { module: 'node16', moduleResolution: 'node16' },
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
}

function compile(compiler: string, file: string, settings: object) {
  const compilerOptions = {
    ...{ noEmit: true, strict: true, target: 'es2022', lib: ['es2022'], types: ['node'] },
    ...settings,
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }))
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
