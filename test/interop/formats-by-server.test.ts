// Which formats each real server checks: the table of docs/servers.md, proved where the server can be had.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findProgram, skipReason } from '../support/outside-program.ts'
import { type ProgramName, startServer } from './servers.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const [head = [], , ...rows] = readFileSync(join(root, 'docs/servers.md'), 'utf8')
  .split('\n')
  .filter((line, i, lines) => line.startsWith('|') && tableStart(lines, i).startsWith('| server'))
  .map(line =>
    line
      .split('|')
      .slice(1, -1)
      .map(cell => cell.trim()),
  )

function tableStart(lines: readonly string[], at: number): string {
  let start = at
  while (lines[start - 1]?.startsWith('|')) start--
  return lines[start] ?? ''
}

/** The table's name of a server, and its program. */
const servers: [string, ProgramName][] = [
  ['Apache', 'apache2'],
  ['nginx', 'nginx'],
  ['lighttpd', 'lighttpd'],
  ['Caddy', 'caddy'],
  ['HAProxy', 'haproxy'],
  ['Docker registry', 'docker-registry'],
]

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'formats-'))
  // the server's own user has to get in
  chmodSync(folder, 0o755)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Whether a user with a hash of this flag gets in; a server that does not start with such a record lets nobody in. */
async function letsIn(name: ProgramName, flag: string): Promise<boolean> {
  const words = [join(root, 'bin/htpasswd.js'), '-cb', flag, 'users', 'alice', 'wonderland']
  expect(spawnSync(process.execPath, words, { cwd: folder }).status).toBe(0)
  const server = await startServer(name, folder, join(folder, 'users')).catch(() => undefined)
  try {
    const status = await server?.login('alice', 'wonderland')
    expect(await server?.login('alice', 'wrong')).not.toBe(200)
    return status === 200
  } finally {
    await server?.stop()
  }
}

describe.skipIf(process.platform === 'win32').each(servers)('%s', (title, name) => {
  const row = rows.find(([first]) => first === title)
  const flags = head.flatMap((cell, column) =>
    [...cell.matchAll(/`(-\w)`/g)].map(([, flag = '']) => [flag, row?.[column]] as const),
  )

  test('has a row', () => expect(flags.filter(([, cell]) => cell !== undefined)).toHaveLength(5))

  test.skipIf(skipReason({ [name]: findProgram(name) })).each(flags)('%s: %s', async (flag, cell) => {
    // the C library of Debian knows bcrypt
    const expected = cell === 'yes' || cell === 'as libcrypt'
    expect(await letsIn(name, flag)).toBe(expected)
  })
})
