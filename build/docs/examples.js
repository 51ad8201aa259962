// Runs the examples of the pages, each in a new folder where `htpasswd` is this command and `htpasswd-kit` this package.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')

/**
 * Calls `use` with a folder for one example, and deletes it afterwards.
 *
 * @template T
 * @param {(path: string, env: NodeJS.ProcessEnv) => T} use is given the folder's path and an environment whose PATH begins
 *   with the folder.
 */
export async function inExampleFolder(use) {
  const path = mkdtempSync(join(tmpdir(), 'example-'))
  try {
    const modules = join(path, 'node_modules')
    mkdirSync(modules)
    // a junction needs no privilege on Windows
    symlinkSync(root, join(modules, 'htpasswd-kit'), 'junction')
    for (const name of ['connect', 'express', 'fastify', 'hono'])
      symlinkSync(join(root, 'node_modules', name), join(modules, name), 'junction')
    return await use(path, { ...process.env, PATH: `${path}${delimiter}${process.env.PATH}` })
  } finally {
    rmSync(path, { recursive: true, force: true })
  }
}

/** Makes a program of this name in a folder, which runs a script with this Node. */
export function addProgram(folder, name, script) {
  const file = join(folder, name)
  writeFileSync(file, `#!/bin/sh\nexec "${process.execPath}" "${script}" "$@"\n`)
  chmodSync(file, 0o755)
}

/** What a JavaScript example prints on standard output and on standard error. */
export const runProgram = code =>
  inExampleFolder(cwd => {
    writeFileSync(join(cwd, 'example.mjs'), code)
    const { stdout, stderr } = spawnSync(process.execPath, ['example.mjs'], { cwd, encoding: 'utf8' })
    return { stdout, stderr }
  })

/** A session at a shell, with the output that its commands have now. */
export const runSession = session =>
  inExampleFolder((cwd, env) => {
    addProgram(cwd, 'htpasswd', join(root, 'bin', 'htpasswd.js'))
    const commands = [...session.matchAll(/^\$ (.*)$/gm)].map(([, command]) => command)
    return commands
      .map(command => {
        const { stdout, stderr } = spawnSync('sh', ['-c', command], { cwd, env, encoding: 'utf8' })
        return `$ ${command}\n${stdout}${stderr}`
      })
      .join('')
  })
