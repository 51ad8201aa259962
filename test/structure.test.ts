// The architecture, proved: imports point downward, every source has its test, names say what a file is.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
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

/** Bottom first; index.ts is above all. */
const layers = ['errors.ts', 'hash', 'document', 'store', 'auth', 'http', 'cli', 'index.ts']
const layerOf = (file: string): number => layers.indexOf(file.split('/')[1] ?? '')

const sources = list('src', '.ts').filter(file => !file.endsWith('.d.ts'))
const tests = list('test', '.test.ts')
const importsOf = (file: string): string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(
    ([, path = '']) => slashes(relative(root, join(root, dirname(file), path))),
  )

describe.each(sources)('%s', file => {
  test('is in a layer and imports only its own and lower ones', () => {
    expect(layerOf(file)).toBeGreaterThanOrEqual(0)
    expect(importsOf(file).filter(path => layerOf(path) > layerOf(file))).toEqual([])
  })

  test('begins with a line on its role', () => {
    expect(readFileSync(join(root, file), 'utf8')).toMatch(/^\/\/ \S.{20,}/)
  })

  test.skipIf(file === 'src/index.ts')('has a test at the same path', () => {
    expect(existsSync(join(root, file.replace(/^src/, 'test').replace(/\.ts$/, '.test.ts')))).toBe(true)
  })

  test('has a name that says what it is', () => expect(file).not.toMatch(/util|helper|common/))
})

test('there are no circles', () => {
  const visit = (file: string, path: string[]): void => {
    if (path.includes(file)) throw new Error([...path, file].join(' > '))
    for (const next of importsOf(file)) visit(next, [...path, file])
  }
  for (const file of sources) visit(file, [])
})

test.each(tests.filter(file => layers.includes(file.split('/')[1] ?? '')))('%s has a source', file => {
  expect(sources).toContain(file.replace(/^test/, 'src').replace('.test.ts', '.ts'))
})
