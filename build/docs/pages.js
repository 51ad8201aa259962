// The pages that users read: README.md and docs/*.md.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')

/**
 * Every page by its path from the root, such as `docs/serve.md`, with newlines as LF.
 *
 * @returns {Map<string, string>}
 */
export function readPages() {
  const names = readdirSync(join(root, 'docs')).filter(name => name.endsWith('.md'))
  const paths = ['README.md', ...names.map(name => `docs/${name}`)]
  return new Map(paths.map(path => [path, readFileSync(join(root, path), 'utf8').replaceAll('\r\n', '\n')]))
}

export const writePage = (path, text) => writeFileSync(join(root, path), text)
