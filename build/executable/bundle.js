// Bundles the command for the one-file executables: what it loads at once, what it loads later, and its worker thread.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'rolldown'
import { replaceModules } from '../replace-modules.js'

const pathOf = (...words) => fileURLToPath(new URL(join('..', '..', ...words), import.meta.url))

/** A module whose source is given here. */
const virtual = (name, source) => ({
  name: 'virtual',
  resolveId: id => (id === name ? id : undefined),
  load: id => (id === name ? source : undefined),
})

async function bundle(name, source, output) {
  await build({
    input: name,
    platform: 'node',
    plugins: [
      virtual(name, source),
      replaceModules({ 'platform/resources.js': 'platform/resources.sea.js' }),
    ],
    // code that chunks share stays in the entry
    preserveEntrySignatures: 'allow-extension',
    // Node has no import.meta.resolve in CommonJS. Only yargs calls it, for a feature that is not used here ("extends").
    transform: { define: { 'import.meta.resolve': 'undefined' } },
    output: { format: 'cjs', minify: true, dynamicImportInCjs: false, ...output },
  })
}

/**
 * The command and what it loads later are separate files, as in the package: loading Node's modules for all of them would
 * take longer than a run of Apache's grammar.
 */
async function bundleCommand(work) {
  const folder = join(work, 'command')
  rmSync(folder, { recursive: true, force: true })
  const source = `import { main } from ${JSON.stringify(pathOf('dist', 'cli', 'main.js'))}
main(process.argv.slice(2)).then(status => { process.exitCode = status })`
  await bundle('main', source, { dir: folder, entryFileNames: '[name].cjs', chunkFileNames: '[name].cjs' })
  const chunks = readdirSync(folder).filter(name => name !== 'main.cjs')
  writeFileSync(join(work, 'main.cjs'), `${loader}\n${readFileSync(join(folder, 'main.cjs'), 'utf8')}`)
  return Object.fromEntries(chunks.map(name => [`./${name}`, join(folder, name)]))
}

/** Placed before the command: in an executable, Node's require() finds only Node's own modules. */
const loader = `const { getAsset } = require('node:sea')
const own = require
const loaded = new Map([['./main.cjs', module]])
require = id => {
  if (!id.startsWith('./')) return own(id)
  if (!loaded.has(id)) {
    const module = { exports: {} }
    loaded.set(id, module)
    const words = ['exports', 'require', 'module', '__filename']
    own('node:vm').compileFunction(getAsset(id, 'utf8'), words, { filename: id })(module.exports, require, module, __filename)
  }
  return loaded.get(id).exports
}
// serve --workers starts its processes with the path of a script as first argument, but there is no script
if (process.argv[2] === 'serve')
  own('node:cluster').setupPrimary?.({ exec: 'serve', args: process.argv.slice(3) })`

async function bundleWorker(work, name, file) {
  const output = join(work, `${name}.cjs`)
  await bundle(name, `import ${JSON.stringify(file)}`, { file: output, codeSplitting: false })
  return { [name]: output }
}

/** Writes main.cjs into the folder. @returns the assets that it reads (src/platform/resources.sea.ts): name to file. */
export async function bundleExecutable(work) {
  return {
    'package.json': pathOf('package.json'),
    ...(await bundleCommand(work)),
    ...(await bundleWorker(work, 'hash-worker', pathOf('dist', 'hash', 'worker.js'))),
  }
}
