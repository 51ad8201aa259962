// Bundles the command behind tsc, into the folder that is published: as eighty ES modules it took longer to load than all
// that it does, and more room than the rest of the package.
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'rolldown'

const from = join('dist', 'cli')
const to = join('dist', 'command')
rmSync(to, { recursive: true, force: true })

// our commands, long options and the help need no quick start: they stay ES modules, loaded by the bundle of Apache's
const commands = [
  ...readFileSync(join(from, 'commands.js'), 'utf8').matchAll(/import\('\.\/([\w-]+)\.js'\)/g),
]
const later = [...new Set(commands.map(([, name]) => name)), 'help', 'classic-long-options']

/** Keeps the words of an import as they are: all folders of dist are as deep, and chunks stand where modules stood. */
const external = isExternal => ({
  name: 'external',
  resolveId: (id, importer) => (importer && isExternal(id) ? { id, external: 'absolute' } : null),
})
const isPackage = id => /^[a-z][a-z0-9-]*(\/[a-z./-]+)?$/.test(id)
const isLayerBelow = id => id.startsWith('../')
const isLoadedLater = id => later.some(name => id === `./${name}.js`)

/** Node loads CommonJS packages by require() at once; import() would start its loader of ES modules, 4 ms. */
const requireEngines = {
  name: 'require-engines',
  transform: code =>
    code.replace(
      /await import\('(apache-md5|bcryptjs|unix-crypt-td-js[\w./-]*)'\)/g,
      "({ default: require('$1') })",
    ),
}

// no comments and no layout, which nobody reads here; names stay, for traces of errors
const shape = { dir: to, comments: false, minify: { mangle: false, compress: false, codegen: true } }

await build({
  input: join(from, 'main.js'),
  platform: 'node',
  plugins: [external(id => isPackage(id) || isLoadedLater(id)), requireEngines],
  // what the chunks share stays in the entry, one file to read
  preserveEntrySignatures: 'allow-extension',
  // what a run may not need becomes a file of its own, read when it is
  output: { ...shape, format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: '[name].cjs' },
})

await build({
  input: Object.fromEntries(later.map(name => [name, join(from, `${name}.js`)])),
  platform: 'node',
  // the layers below are the library's own modules, with their state
  plugins: [external(id => isPackage(id) || isLayerBelow(id))],
  output: { ...shape, format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-shared.js' },
})
