// Whom `checkDocument` says a server keeps out is whom the real server keeps out, record by record and file by file.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkDocument } from '../../src/check/check-document.ts'
import { type ServerName, servers } from '../../src/check/servers.ts'
import { parseHtpasswd } from '../../src/document/document.ts'
import { hashPassword } from '../../src/hash/hash-password.ts'
import { formats } from '../../src/hash/registry.ts'
import { findProgram, skipReason } from '../support/outside-program.ts'
import { type ProgramName, startServer } from './servers.ts'

/** The servers that read the file itself; Caddy and HAProxy are asked about formats in formats-by-server.test.ts. */
const programs: [ServerName, ProgramName][] = [
  ['apache', 'apache2'],
  ['nginx', 'nginx'],
  ['docker-registry', 'docker-registry'],
]

const password = 'wonderland'
const made = await Promise.all(
  formats
    .filter(({ id }) => id !== 'plaintext')
    .map(async ({ id }) => [
      id,
      await hashPassword(password, { format: id, ...(id === 'bcrypt' && { cost: 4 }) }),
    ]),
)
const hashes = Object.fromEntries(made) as Record<string, string>
const bcrypt = hashes.bcrypt as string
const apr1 = hashes.apr1 as string
/** What libxcrypt knows and we do not; where Perl has no such crypt(3) it gives nothing. */
const yescrypt = spawnSync('perl', ['-e', `print crypt("${password}", '$y$j9T$F5Jx5fExrKuPp53xLKQ..1')`], {
  encoding: 'utf8',
}).stdout

const records = [
  ...Object.entries(hashes).map(([id, hash]) => `${id}:${hash}`),
  `bcrypt-2a:${bcrypt.replace('2y', '2a')}`,
  `bcrypt-2b:${bcrypt.replace('2y', '2b')}`,
  ...(yescrypt?.startsWith('$y$') ? [`yescrypt:${yescrypt}`] : []),
  'argon2:$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaA',
  `plain:${password}`,
  `marked:{PLAIN}${password}`,
  `locked:!${bcrypt}`,
  `damaged:${bcrypt.slice(0, -2)}`,
  `doubled:${bcrypt.replaceAll('$', '$$$$')}`,
  `third-field:${bcrypt}:Third Field`,
  `third-field-apr1:${apr1}:Third Field`,
  `  blank-before:${bcrypt}`,
  ` blank-before-apr1:${apr1}`,
  `trailing-whitespace:${bcrypt} `,
  `trailing-whitespace-apr1:${apr1}\t`,
  'empty:',
]
const lines = `${records.join('\n')}\n`

const files: Record<string, string> = {
  'every kind of record': lines,
  'lines of Windows': lines.replaceAll('\n', '\r\n'),
  'a byte order mark': `\ufefffirst:${bcrypt}\nsecond:${bcrypt}\n`,
  'a byte order mark before a comment': `\ufeff# users\nsecond:${bcrypt}\n`,
  'a byte order mark before apr1': `\ufefffirst:${apr1}\nsecond:${apr1}\n`,
  'a line without a colon': `first:${bcrypt}\nno colon\nsecond:${bcrypt}\n`,
  'no line end at the end': `first:${bcrypt}\nsecond:${bcrypt}`,
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'servers-'))
  // the server's own user has to get in
  chmodSync(folder, 0o755)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** The users who are not told to be kept out. */
function expectedIn(server: ServerName, text: string): string[] {
  const problems = [...checkDocument(text, { for: server })]
  if (problems.some(({ code }) => code === 'file-refused')) return []
  const out = new Set(problems.filter(({ code }) => code === 'cannot-log-in').map(({ user }) => user))
  return parseHtpasswd(text)
    .users()
    .filter(user => !out.has(user))
}

describe.skipIf(process.platform === 'win32').each(programs)('%s', (server, name) => {
  const missing = skipReason({ [name]: findProgram(name) })

  /** The users of a file whom the server lets in; nobody where it does not start with it. */
  async function letIn(text: string): Promise<string[]> {
    const file = join(folder, 'users')
    writeFileSync(file, text)
    const running = await startServer(name, folder, file).catch(() => undefined)
    const found = []
    try {
      for (const user of parseHtpasswd(text).users()) {
        if ((await running?.login(user, password)) === 200) found.push(user)
      }
    } finally {
      await running?.stop()
    }
    return found
  }

  test.skipIf(missing).each(Object.entries(files))('%s', async (_name, text) => {
    expect(await letIn(text)).toEqual(expectedIn(server, text))
  })

  test.skipIf(missing)('which of several records of a name is used', async () => {
    const other = await hashPassword('0ther-w0rd', { cost: 4 })
    const right = await letIn(`ann:${bcrypt}\nann:${other}\nbob:${other}\nbob:${bcrypt}\n`)
    expect(right).toEqual([servers[server].duplicates === 'first' ? 'ann' : 'bob'])
  })
})
