// Every link between the documents leads somewhere, and into the right section.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const folders = readdirSync(root, { withFileTypes: true })
  .filter(
    one => one.isDirectory() && !['node_modules', 'dist', 'coverage', '.cache', '.git'].includes(one.name),
  )
  .map(one => one.name)
const listed = (folder: string, recursive: boolean): string[] =>
  readdirSync(join(root, folder), { recursive, encoding: 'utf8' }).map(name => join(root, folder, name))
const documents = [...listed('.', false), ...folders.flatMap(folder => listed(folder, true))].filter(file =>
  file.endsWith('.md'),
)

const prose = (file: string): string => readFileSync(file, 'utf8').replaceAll(/^```.*?^```$/gms, '')

/** The anchors that GitHub makes of headings. */
const anchorsOf = (file: string): string[] =>
  [...prose(file).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )

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
