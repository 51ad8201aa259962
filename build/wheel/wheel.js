// Makes Python wheels of the executables, for `pip install htpasswd-kit`: node build/wheel/wheel.js [TARGET ...], with the
// targets of build/executable/executable.js. The form is that of the binary distribution format
// (packaging.python.org/specifications/binary-distribution-format/).
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createWriteStream, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'

const root = join(import.meta.dirname, '..', '..')
const out = join(root, 'dist-wheel')

/** What each executable needs, as Node's own binaries say: glibc 2.28, macOS 11. */
const platforms = {
  'linux-x64': 'manylinux_2_28_x86_64',
  'linux-arm64': 'manylinux_2_28_aarch64',
  'win-x64': 'win_amd64',
  'win-arm64': 'win_arm64',
  'darwin-x64': 'macosx_11_0_x86_64',
  'darwin-arm64': 'macosx_11_0_arm64',
}

const { description, version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const info = `htpasswd_kit-${version}.dist-info`

const metadata = `Metadata-Version: 2.4
Name: htpasswd-kit
Version: ${version}
Summary: ${description}
License-Expression: ${license}
License-File: LICENSE
License-File: LICENSES.txt
Keywords: htpasswd,basic-auth,mlflow,reverse-proxy,authentication
Requires-Python: >=3.8
Description-Content-Type: text/markdown

${readFileSync(join(import.meta.dirname, 'README.md'), 'utf8')}`

const wheelFile = tag => `Wheel-Version: 1.0
Generator: htpasswd-kit ${version}
Root-Is-Purelib: false
Tag: ${tag}
`

const entryPoints = `[console_scripts]
htpasswd-kit = htpasswd_kit:main
`

/** The files of a wheel: their names, contents and whether they are programs. */
function filesOf(target, tag) {
  const name = target.startsWith('win') ? 'htpasswd.exe' : 'htpasswd'
  const executable = join(root, 'dist-exe', `htpasswd-${target}${target.startsWith('win') ? '.exe' : ''}`)
  const sources = join(import.meta.dirname, 'htpasswd_kit')
  const modules = readdirSync(sources).filter(file => file.endsWith('.py'))
  return [
    ...modules.map(file => [`htpasswd_kit/${file}`, readFileSync(join(sources, file))]),
    [`htpasswd_kit-${version}.data/scripts/${name}`, readFileSync(executable), true],
    [`${info}/licenses/LICENSE`, readFileSync(join(root, 'LICENSE'))],
    [`${info}/licenses/LICENSES.txt`, readFileSync(join(root, 'dist-exe', 'LICENSES.txt'))],
    [`${info}/METADATA`, Buffer.from(metadata)],
    [`${info}/WHEEL`, Buffer.from(wheelFile(tag))],
    [`${info}/entry_points.txt`, Buffer.from(entryPoints)],
  ]
}

/** A line for each file with its digest and size; its own has neither. */
function recordOf(files) {
  const digest = content => `sha256=${createHash('sha256').update(content).digest('base64url')}`
  const lines = files.map(([name, content]) => `${name},${digest(content)},${content.length}\n`)
  return `${lines.join('')}${info}/RECORD,,\n`
}

/** The least that a ZIP file can express: the same sources make the same bytes. */
const EPOCH = new Date(1980, 0, 1)

async function makeWheel(target) {
  const tag = `py3-none-${platforms[target]}`
  const files = filesOf(target, tag)
  const zip = new ZipFile()
  for (const [name, content, isProgram] of [...files, [`${info}/RECORD`, Buffer.from(recordOf(files))]]) {
    const mode = isProgram ? 0o100755 : 0o100644
    zip.addBuffer(content, name, { mtime: EPOCH, forceDosTimestamp: true, mode, compressionLevel: 9 })
  }
  zip.end()
  const path = join(out, `htpasswd_kit-${version}-${tag}.whl`)
  await pipeline(zip.outputStream, createWriteStream(path))
  process.stdout.write(`${path}\n`)
}

const given = process.argv.slice(2)
const unknown = given.find(target => !Object.hasOwn(platforms, target))
if (unknown !== undefined)
  throw new Error(`expected targets of ${Object.keys(platforms).join(', ')}, got ${unknown}`)
const targets = given.length > 0 ? given : Object.keys(platforms)
const script = join(root, 'build', 'executable', 'executable.js')
const { status } = spawnSync(process.execPath, [script, ...targets], {
  stdio: ['ignore', 'ignore', 'inherit'],
})
if (status !== 0) process.exit(status ?? 1)
mkdirSync(out, { recursive: true })
for (const target of targets) await makeWheel(target)
