// Bundles the command behind tsc: as some twenty ES modules, loading it took longer than all that it does.
import { build } from 'rolldown'

// our commands and the help stay as tsc made them, beside the bundle: they need no quick start
const isLoadedLater = (id, importer) => id === './help.js' || importer?.endsWith('commands.js')
const isPackage = id => /^[a-z#]/.test(id)

await build({
  input: 'dist/cli/main.js',
  platform: 'node',
  external: (id, importer) => isPackage(id) || isLoadedLater(id, importer),
  output: {
    dir: 'dist/cli',
    format: 'cjs',
    entryFileNames: '[name].cjs',
    // what a run may not need becomes a file of its own, read when it is
    chunkFileNames: '[name].cjs',
    // import() would start the loader of ES modules, 4 ms
    dynamicImportInCjs: false,
  },
})
