// The package as a user gets it: packed, and installed with its dependencies into an empty folder.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

export interface InstalledPackage extends Disposable {
  /** Where a program of the user would lie. */
  readonly folder: string
  readonly tarball: string
  readonly size: number
  readonly files: readonly string[]
  /** Runs npx there, on the Node that lies in a folder. */
  npx(words: readonly string[], nodeFolder?: string): RunResult
  /** Runs npx where nothing is installed. */
  npxElsewhere(words: readonly string[]): RunResult
}

interface RunResult {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The user's environment: without what an `npm test` around this process has set, with a Node at the head of the PATH. */
function userEnvironment(nodeFolder?: string): NodeJS.ProcessEnv {
  const own = /^npm_(config_local_prefix|config_prefix|package_|lifecycle_|command$)/i
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)))
  return nodeFolder === undefined ? env : { ...env, PATH: `${nodeFolder}${delimiter}${env.PATH}` }
}

function run(cwd: string, command: string, words: readonly string[], nodeFolder?: string): RunResult {
  const shell = process.platform === 'win32'
  return spawnSync(command, words, { cwd, encoding: 'utf8', env: userEnvironment(nodeFolder), shell })
}

/** Runs npx in the checkout itself, which has no bin of ours in its node_modules. */
export const npxInCheckout = (words: readonly string[]): RunResult =>
  run(root, 'npx', ['--offline', ...words])

/**
 * Packs what is built (the build belongs to `npm test`, for other tests use it meanwhile) and installs it.
 *
 * @returns undefined where the dependencies cannot be had, without a network.
 */
export function installPackage(): InstalledPackage | undefined {
  const place = mkdtempSync(join(tmpdir(), 'package-'))
  const remove = (): void => rmSync(place, { recursive: true, force: true })
  const packed = run(root, 'npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', place])
  if (packed.status !== 0) throw new Error(packed.stderr)
  const [pack] = JSON.parse(packed.stdout) as [{ size: number; files: { path: string }[] }]
  const tarball = join(place, readdirSync(place).find(name => name.endsWith('.tgz')) ?? '')
  const folder = join(place, "a user's folder")
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  const words = ['install', '--no-audit', '--no-fund', '--prefer-offline', tarball]
  const installed = run(folder, 'npm', words)
  if (installed.status !== 0) {
    remove()
    if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENOTCACHED|ETIMEDOUT|network/.test(installed.stderr))
      return undefined
    throw new Error(installed.stderr)
  }
  return {
    folder,
    tarball,
    size: pack.size,
    files: pack.files.map(file => file.path),
    npx: (words, nodeFolder) => run(folder, 'npx', words, nodeFolder),
    npxElsewhere: words => run(place, 'npx', words),
    [Symbol.dispose]: remove,
  }
}
