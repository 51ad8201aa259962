// Bundles the command behind tsc: as some twenty ES modules, loading it took longer than all that it does.
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'rolldown'

// our commands, long options and the help stay as tsc made them, beside the bundle: they need no quick start
const later = ['./help.js', './classic-long-options.js']
const isLoadedLater = (id, importer) => later.includes(id) || importer?.endsWith('commands.js')
const isPackage = id => /^[a-z][a-z0-9-]*$/.test(id)

/** Node loads CommonJS packages by require() at once; import() would start its loader of ES modules, 4 ms. */
const requireEngines = {
  name: 'require-engines',
  transform: code =>
    code.replace(/await import\('(apache-md5|bcryptjs|unix-crypt-td-js)'\)/g, "({ default: require('$1') })"),
}

// chunks of an earlier build would go into the package
const folder = join('dist', 'cli')
for (const name of readdirSync(folder)) if (name.endsWith('.cjs')) rmSync(join(folder, name))

await build({
  input: 'dist/cli/main.js',
  platform: 'node',
  plugins: [requireEngines],
  // what the chunks share stays in the entry, one file to read
  preserveEntrySignatures: 'allow-extension',
  external: (id, importer) => isPackage(id) || isLoadedLater(id, importer),
  output: {
    dir: folder,
    format: 'cjs',
    // they stand in the modules beside it, and so does the layout; names stay, for traces of errors
    comments: false,
    minify: { mangle: false, compress: false, codegen: true },
    entryFileNames: '[name].cjs',
    // what a run may not need becomes a file of its own, read when it is
    chunkFileNames: '[name].cjs',
  },
})
