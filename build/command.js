// Bundles the command into dist/command, the folder that is published: loading it as eighty ES modules took longer than
// everything it does.
import { rmSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { build } from 'rolldown'
import { replaceModules } from './replace-modules.js'

const dist = join(import.meta.dirname, '..', 'dist')
const cli = join(dist, 'cli')
const out = join(dist, 'command')

/** Without comments and layout; functions and classes keep their names, for stack traces. */
const minify = { mangle: { toplevel: false, keepNames: true }, compress: false, codegen: true }
const output = { dir: out, comments: false, minify }

/** Our own commands, the long options, `--help` and what explains mistakes: few runs of Apache's grammar need them. */
const LATER = [
  join(cli, 'commands', sep),
  join(cli, 'apache', 'long-options.js'),
  join(cli, 'apache', 'suggestion.js'),
  join(cli, 'help.js'),
]
const isLoadedLater = file => LATER.some(path => file.startsWith(path))
/** `commands/import/run.js` becomes `commands-import-run`. */
const chunkName = file => relative(cli, file).replace(/\.js$/, '').replaceAll(sep, '-')
const isRelative = id => id.startsWith('.')
const isPackage = id => !isRelative(id) && !id.startsWith('node:')

/** Leaves imports alone as `resolve` says: it is given a module's absolute path and returns what to write instead. */
const externalModules = resolve => ({
  name: 'external-modules',
  resolveId(id, importer) {
    if (importer === undefined || id.startsWith('node:')) return null
    if (isPackage(id)) return { id, external: true }
    const written = resolve(join(dirname(importer), id))
    return written === undefined ? null : { id: written, external: 'absolute' }
  },
})

/** Apache's grammar: one CommonJS file, which Node starts 4 ms sooner than an ES module. @returns what it loads later. */
async function bundleApache() {
  const later = new Set()
  await build({
    input: join(cli, 'main.js'),
    platform: 'node',
    plugins: [
      replaceModules({ 'platform/engines.js': 'platform/engines.require.js' }),
      externalModules(file => {
        if (!isLoadedLater(file)) return undefined
        later.add(file)
        return `./${chunkName(file)}.js`
      }),
    ],
    // what the chunks share stays in the entry, one file to read
    preserveEntrySignatures: 'allow-extension',
    output: { ...output, format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: '[name].cjs' },
  })
  return [...later]
}

/** Our own commands: ES modules on top of the library's modules, whose state they share. */
async function bundleCommands(files) {
  await build({
    input: Object.fromEntries(files.map(file => [chunkName(file), file])),
    platform: 'node',
    plugins: [
      externalModules(file =>
        file.startsWith(join(cli, sep)) ? undefined : `../${relative(dist, file).replaceAll(sep, '/')}`,
      ),
    ],
    output: { ...output, format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-shared.js' },
  })
}

export async function bundleCommand() {
  rmSync(out, { recursive: true, force: true })
  await bundleCommands(await bundleApache())
}
