// The pages are complete and up to date: generated parts, tables of contents, size, and everything that has to be named.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { headingsOf } from '../../build/docs/markdown.js'
import { readPages } from '../../build/docs/pages.js'
import { ExitStatus } from '../../src/errors.ts'
import { formats } from '../../src/hash/registry.ts'
import { readManifest, root } from './repository.ts'

const pages = readPages()
const page = (path: string): string => pages.get(path) ?? ''

test('the generated parts, with the tables of contents, are up to date', () => {
  const script = join(root, 'build/docs/fill.js')
  const { stderr, status } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' })
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
})

test('README.md is short: at most 250 lines and 16 KB', () => {
  const readme = readFileSync(join(root, 'README.md'))
  expect(readme.length).toBeLessThanOrEqual(16 * 1024)
  expect(readme.toString('utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(250)
})

test('README.md has a first command to copy before line 20', () => {
  const before = page('README.md').split('```sh\n')[0] ?? ''
  expect(before.split('\n').length).toBeLessThan(20)
})

test('README.md leads to every page', () => {
  const others = [...pages.keys()].filter(path => path !== 'README.md')
  expect(others.length).toBeGreaterThan(9)
  expect(others.filter(path => !page('README.md').includes(`](${path})`))).toEqual([])
})

test.each([...pages.keys()])('%s has one title, and no heading twice', path => {
  const headings = headingsOf(page(path))
  expect(headings.filter(({ level }) => level === 1)).toHaveLength(1)
  const sections = headings.filter(({ level }) => level <= 3).map(({ text }) => text)
  expect(sections.toSorted()).toEqual([...new Set(sections)].toSorted())
})

test.each([...pages.keys(), 'CONTRIBUTING.md', 'SECURITY.md'])('%s uses the words of the glossary', path => {
  const text = pages.get(path) ?? readFileSync(join(root, path), 'utf8')
  // what the command prints is tested elsewhere
  const prose = text.replaceAll(
    /^```.*?^```$|^<!-- (\w[\w ]*) -->$.*?^<!-- \/\1 -->$|^\| permissions.*$/gms,
    '',
  )
  const words = /\b(?:mend\w*|decoy|strangers?|lets? in|made up|make up|rights|line ends?|under way)\b/gi
  expect(prose.match(words) ?? []).toEqual([])
})

test('docs/ holds pages, pictures and configuration files only', () => {
  const names = readdirSync(join(root, 'docs')).filter(name => !['deploy', 'operations'].includes(name))
  expect(names.filter(name => !/\.(md|svg|webp)$/.test(name))).toEqual([])
})

test('every dependency has its reason', () => {
  const packages = page('docs/dependencies.md').split('\n## ')[1] ?? ''
  const rows = packages.match(/^\| `.*?\| \S/gm) ?? []
  const named = rows.flatMap(row => [...row.matchAll(/`([\w.@/-]+)`/g)].map(([, name]) => name))
  expect(named.toSorted()).toEqual(Object.keys(readManifest().dependencies).toSorted())
})

test('every exit status is explained', () => {
  const explained = [...page('docs/command.md').matchAll(/^\| (\d) +\| \S/gm)].map(([, status]) =>
    Number(status),
  )
  expect(explained.toSorted()).toEqual(Object.values(ExitStatus).toSorted())
})

test('every hash format is named', () => {
  expect(
    formats.map(({ id }) => `\`${id}\``).filter(name => !page('docs/library.md').includes(name)),
  ).toEqual([])
})

describe('docs/api.md', () => {
  const exported = [
    ...readFileSync(join(root, 'src/index.ts'), 'utf8').matchAll(/^export (?:type )?\{([^}]*)\}/gm),
  ].flatMap(([, names = '']) => names.split(',').map(name => name.trim().replace(/^type /, '')))
  const names = exported.filter(name => name !== '')

  test('has every export', () => {
    const headings = headingsOf(page('docs/api.md')).map(({ text }) => text)
    expect(names.length).toBeGreaterThan(20)
    expect(names.filter(name => !headings.includes(`\`${name}\``))).toEqual([])
  })

  test('describes every name and every field', () => {
    const [, body = ''] = page('docs/api.md').split('<!-- api -->')
    const sections = body.split(/^### /m).slice(1)
    expect(sections.length).toBeGreaterThanOrEqual(names.length)
    const isBare = (text: string): boolean => /^.*\n\n(```|$)/.test(text)
    const title = (text: string): string => text.slice(0, text.indexOf('\n'))
    expect(sections.filter(isBare).map(title)).toEqual([])
    expect(body.match(/^\| `.*\| +\|$/gm) ?? []).toEqual([])
    // a type has an example, or the names whose examples show it
    const isShown = (text: string): boolean =>
      /^```js$|^- Deprecated:|^Used by `/m.test(text) || / of htpasswd-kit\//.test(title(text))
    expect(sections.filter(text => !isShown(text)).map(title)).toEqual([])
  })

  test('has an example for every function and class', async () => {
    const sections = page('docs/api.md').split(/^### /m)
    const withExample = sections
      .filter(text => text.includes('```js\n'))
      .map(text => /^`(\w+)`/.exec(text)?.[1])
    const values = Object.keys(await import('../../src/index.ts'))
    expect(values.filter(name => !withExample.includes(name))).toEqual([])
  })
})

test('CHANGELOG.md has the form of Keep a Changelog, with dates', () => {
  const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8')
  const versions = [...changelog.matchAll(/^## (.*)$/gm)].map(([, title = '']) => title)
  const form = /^\[(?:Unreleased|\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d$)/
  expect(versions.filter(title => !form.test(title))).toEqual([])
  const kinds = new Set([...changelog.matchAll(/^### (.*)$/gm)].map(([, title]) => title))
  const known = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security']
  expect([...kinds].filter(kind => !known.includes(kind ?? ''))).toEqual([])
  expect(versions.filter(title => title.startsWith(`[${readManifest().version}]`))).toHaveLength(1)
})
