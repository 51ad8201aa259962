// The architecture, checked: imports point downward without cycles, every folder is tested, names say what a file is.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const slashes = (path: string): string => path.replaceAll(sep, '/')
const list = (folder: string, ending: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map(path => `${folder}/${slashes(path)}`)
    .filter(path => path.endsWith(ending))
    .sort()

/** A longer file has more than one job. Comments and blank lines do not count. */
const MAX_CODE_LINES = 250

/** Bottom first: a folder imports only itself and those before it. */
const layers = [
  'errors.ts',
  'bytes.ts',
  'platform',
  'hash',
  'document',
  'check',
  'import',
  'store',
  'auth',
  'access',
  'http',
  'cli',
  'deprecated.ts',
  'index.ts',
]
const layerOf = (file: string): number => layers.indexOf(file.split('/')[1] ?? '')

const sources = list('src', '.ts').filter(file => !file.endsWith('.d.ts'))
const importsOf = (file: string): string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(
    ([, path = '']) => slashes(relative(root, join(root, dirname(file), path))),
  )

describe.each(sources)('%s', file => {
  test('imports only its own layer and lower ones', () => {
    expect(layerOf(file)).toBeGreaterThanOrEqual(0)
    expect(importsOf(file).filter(path => layerOf(path) > layerOf(file))).toEqual([])
  })

  test('begins with a line on its role', () => {
    expect(readFileSync(join(root, file), 'utf8')).toMatch(/^\/\/ \S.{20,}/)
  })

  test('is short enough for one job', () => {
    const lines = readFileSync(join(root, file), 'utf8').split('\n')
    expect(lines.filter(line => !/^\s*($|\/\/|\/?\*)/.test(line)).length).toBeLessThan(MAX_CODE_LINES)
  })

  test('has a name that says what it is', () => expect(file).not.toMatch(/util|helper|common/))
})

test('docs/architecture.md has every layer and the folders within it, in their order', () => {
  const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8')
  const rows = [...page.matchAll(/^\| `([\w./]+)` /gm)].map(([, path = '']) => path.replace(/\/$/, ''))
  const top = rows.map(path => layers.indexOf(path.split('/')[0] ?? ''))
  expect(top).toEqual(top.toSorted((a, b) => a - b))
  const depth = (path: string): number => path.split('/').length
  const found = new Set(sources.map(file => dirname(file).slice('src/'.length)))
  const folders = [...found].filter(folder => folder !== '' && depth(folder) <= 2)
  // `http` has no files of its own
  expect(folders.filter(folder => !rows.includes(folder))).toEqual([])
  expect(layers.filter(layer => layer.endsWith('.ts') && !rows.includes(layer))).toEqual([])
})

test('no import cycles', () => {
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) throw new Error([...path, file].join(' > '))
    if (done.has(file)) return
    for (const next of importsOf(file)) visit(next, [...path, file])
    done.add(file)
  }
  for (const file of sources) visit(file, [])
})

/** test/unit mirrors src; tests of a folder that need programs or sockets are in one of the others. */
const mirrors = [
  ['test/unit/', 'src/'],
  ['test/command/', 'src/cli/'],
  ['test/command/', 'src/cli/commands/'],
  ['test/guard/', 'src/http/'],
  ['test/processes/', 'src/'],
] as const
const folders = [...new Set(sources.map(dirname))].filter(folder => folder !== 'src')

test.each(folders)('%s has tests', folder => {
  const places = mirrors
    .filter(([, source]) => `${folder}/`.startsWith(source))
    .map(([tests, source]) => `${tests}${`${folder}/`.slice(source.length)}`)
  const tests = list('test', '.test.ts').map(file => `${dirname(file)}/`)
  expect(tests.filter(place => places.includes(place))).not.toEqual([])
})
