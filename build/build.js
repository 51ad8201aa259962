// Builds the package: `node build/build.js` runs all steps in order, `node build/build.js types modules` only those.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, normalize } from 'node:path'
import { minifySync } from 'rolldown/experimental'
import { bundleCommand } from './command.js'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')

const steps = {
  /** Declarations of the public API, with their doc comments. */
  types() {
    tsc('--emitDeclarationOnly')
    removePrivateDeclarations()
  },
  /** The library, a file for each source, without layout: a sixth of what is downloaded. */
  modules() {
    tsc('--declaration', 'false', '--removeComments')
    removeLayout()
  },
  /** The command, in few files. */
  command: bundleCommand,
  /** The manual page, from the tables of the built command. */
  async manual() {
    const { writeManual } = await import('./manual.js')
    await writeManual(join(root, 'man', 'htpasswd.1'))
  },
}

/** Functions and classes keep their names, for stack traces; other local names become short. */
const SHORT_LOCALS = { mangle: { toplevel: false, keepNames: true }, compress: false }

function removeLayout() {
  for (const name of readdirSync(dist, { recursive: true })) {
    const file = join(dist, name)
    // the command's sources are bundled next, where the same is done
    if (!file.endsWith('.js') || name.startsWith('cli')) continue
    const { code } = minifySync(file, readFileSync(file, 'utf8'), SHORT_LOCALS)
    writeFileSync(file, code)
  }
}

const { resolve } = createRequire(import.meta.url)

function tsc(...options) {
  const program = join(dirname(resolve('typescript/package.json')), 'bin', 'tsc')
  const { status } = spawnSync(process.execPath, [program, ...options], { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

/** The files of `index.js` and of each sub-path, by package.json. */
function readExports() {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return Object.fromEntries(Object.entries(exports).filter(([, target]) => typeof target === 'object'))
}

/** Nobody can import what the declarations of the public API do not lead to. */
function removePrivateDeclarations() {
  const wanted = new Set()
  const visit = file => {
    if (wanted.has(file)) return
    wanted.add(file)
    const imports = readFileSync(file, 'utf8').matchAll(/(?:from |import\()['"](\.[^'"]+)\.ts['"]/g)
    for (const [, path] of imports) visit(normalize(join(dirname(file), `${path}.d.ts`)))
  }
  for (const { types } of Object.values(readExports())) visit(join(root, types))
  for (const name of readdirSync(dist, { recursive: true })) {
    const file = join(dist, name)
    if (!file.endsWith('.d.ts')) continue
    if (wanted.has(file)) referToNode(file)
    else rmSync(file)
  }
}

/** TypeScript 6 and later load no types that a program does not name in `types`, which is empty by default. */
function referToNode(file) {
  const text = readFileSync(file, 'utf8')
  if (/\bBuffer\b|\bNodeJS\.|'node:/.test(text))
    writeFileSync(file, `/// <reference types="node" />\n${text}`)
}

const wanted = process.argv.slice(2)
const unknown = wanted.find(name => !Object.hasOwn(steps, name))
if (unknown !== undefined)
  throw new Error(`expected steps of ${Object.keys(steps).join(', ')}, got ${unknown}`)
for (const name of wanted.length > 0 ? wanted : Object.keys(steps)) await steps[name]()
