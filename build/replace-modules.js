// A rolldown plugin that puts one module of dist/ in the place of another: what differs between builds has two files, such
// as platform/resources.ts and platform/resources.sea.ts.
import { dirname, join } from 'node:path'

const dist = join(import.meta.dirname, '..', 'dist')

/** @param {Record<string, string>} modules paths below dist: the module that is imported, and the one that is taken. */
export function replaceModules(modules) {
  const replacements = new Map(
    Object.entries(modules).map(([from, to]) => [join(dist, from), join(dist, to)]),
  )
  return {
    name: 'replace-modules',
    resolveId: (id, importer) =>
      importer && id.startsWith('.') ? (replacements.get(join(dirname(importer), id)) ?? null) : null,
  }
}
