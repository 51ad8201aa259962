// The Node and TypeScript versions that the package is proved with, from npm; run as a program, it fetches them.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, '../../.cache/toolchain')

// the first one of 20 that is too old is there to see what it says
export const tooOldNodeVersions = ['12.22.12', '18.20.8']
export const nodeVersions = ['20.18.3', '20.19.6', '22.23.3', '24.9.0', '26.9.0']
export const typescriptVersions = ['5.4.3', '5.9.3', '6.0.3', '7.0.2']

const system = process.platform === 'win32' ? 'win' : process.platform
const packages = [
  ...[...tooOldNodeVersions, ...nodeVersions].map(version => [
    `node-${version}`,
    `npm:node-${system}-${process.arch}@${version}`,
  ]),
  ...typescriptVersions.map(version => [`typescript-${version}`, `npm:typescript@${version}`]),
  ['@types/node', '20.19.43'],
]

/** How to get what is missing, for the reason of a skipped test. */
export const howToFetch = 'node test/package/toolchain.js fetches it'

const found = (...path) => {
  const place = join(folder, 'node_modules', ...path)
  return existsSync(place) ? place : undefined
}

/** The folder that `node` of this version lies in, or undefined. */
export const nodeFolder = version => found(`node-${version}`, system === 'win' ? '.' : 'bin')

/** The compiler's script, or undefined. */
export const typescriptCompiler = version => found(`typescript-${version}`, 'bin', 'tsc')

/** The folder with the types of Node, for programs to compile beside; or undefined. */
export const typesFolder = () => found('@types')

if (process.argv[1] === import.meta.filename) {
  mkdirSync(folder, { recursive: true })
  const manifest = { private: true, dependencies: Object.fromEntries(packages) }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  const words = ['install', '--no-audit', '--no-fund', '--prefer-offline']
  const npm = spawnSync('npm', words, { cwd: folder, stdio: 'inherit', shell: system === 'win' })
  process.exitCode = npm.status ?? 1
}
