// Every link between the documents leads somewhere, and into the right section.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { headingsOf } from '../../build/docs/markdown.js'
import { root } from './repository.ts'

const folders = readdirSync(root, { withFileTypes: true })
  .filter(entry => entry.isDirectory())
  .map(({ name }) => name)
  .filter(name => !['node_modules', 'dist', 'coverage', '.cache', '.git'].includes(name))
const listed = (folder: string, recursive: boolean): string[] =>
  readdirSync(join(root, folder), { recursive, encoding: 'utf8' }).map(name => join(root, folder, name))
const documents = [...listed('.', false), ...folders.flatMap(folder => listed(folder, true))].filter(file =>
  file.endsWith('.md'),
)

const read = (file: string): string => readFileSync(file, 'utf8').replaceAll('\r\n', '\n')
const prose = (file: string): string => read(file).replaceAll(/^```.*?^```$/gms, '')
const anchorsOf = (file: string): string[] => headingsOf(read(file)).map(({ anchor }) => anchor)

const linksOf = (file: string): string[] =>
  [...prose(file).matchAll(/\]\(([^()\s]+)\)|(?:src|srcset|href)="([^"]+)"/g)].map(
    ([, link, attribute]) => link ?? attribute ?? '',
  )

test('there are documents', () => expect(documents.length).toBeGreaterThan(3))

test.each(documents.map(file => [relative(root, file), file] as const))('%s', (_name, file) => {
  const broken = linksOf(file).filter(link => {
    if (/^https:\/\/[\w.-]+\//.test(link)) return false
    const [path = '', anchor] = link.split('#')
    const target = path === '' ? file : join(dirname(file), path)
    return !existsSync(target) || (anchor !== undefined && !anchorsOf(target).includes(anchor))
  })
  expect(broken).toEqual([])
})
