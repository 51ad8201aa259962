// The users that `checkDocument` says cannot log in at a server are those that the real server refuses.
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

/** The servers that read the file themselves, and those that take its records into their configuration. */
const programs: [ServerName, ProgramName][] = [
  ['apache', 'apache2'],
  ['nginx', 'nginx'],
  ['lighttpd', 'lighttpd'],
  ['docker-registry', 'docker-registry'],
  ['caddy', 'caddy'],
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
/** With crypt(3): of the settings of formats that this package does not compute, those that libxcrypt has. */
const libcrypt = [
  ['yescrypt', '$y$j9T$F5Jx5fExrKuPp53xLKQ..1'],
  ['gost-yescrypt', '$gy$j9T$F5Jx5fExrKuPp53xLKQ..1'],
  ['scrypt', '$7$CU..../....abcdefghijklmnopqrst'],
  ['sha1crypt', '$sha1$1000$abcdefgh$'],
  ['sunmd5', '$md5,rounds=500$abcdefgh$$'],
  ['bsdi', '_J9..rasm'],
  ['nt', '$3$'],
].flatMap(([name, setting]) => {
  const words = ['-e', 'print crypt($ARGV[0], $ARGV[1]) // q()', password, setting as string]
  const hash = spawnSync('perl', words, { encoding: 'utf8' }).stdout ?? ''
  return hash.length > 13 ? [`${name}:${hash}`] : []
})

const records = [
  ...Object.entries(hashes).map(([id, hash]) => `${id}:${hash}`),
  `bcrypt-2a:${bcrypt.replace('2y', '2a')}`,
  `bcrypt-2b:${bcrypt.replace('2y', '2b')}`,
  ...libcrypt,
  `stray-bits:${withStrayBits(bcrypt)}`,
  `ssha-no-salt:${hashes.sha1?.replace('{SHA}', '{SSHA}')}`,
  `sha-lower-case:${hashes.sha1?.replace('{SHA}', '{sha}')}`,
  `crypt-mark:{CRYPT}${hashes.sha512crypt}`,
  'phpass:$P$BabcdefghKb1FqMSX8lSYP8jFIUUdv0',
  'argon2:$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaA',
  `plain:${password}`,
  `marked:{PLAIN}${password}`,
  `locked:!${bcrypt}`,
  `damaged:${bcrypt.slice(0, -2)}`,
  `doubled:${bcrypt.replaceAll('$', '$$$$')}`,
  `third-field:${bcrypt}:Third Field`,
  `third-field-apr1:${apr1}:Third Field`,
  `  indented:${bcrypt}`,
  ` indented-apr1:${apr1}`,
  `trailing-whitespace:${bcrypt} `,
  `trailing-whitespace-apr1:${apr1}\t`,
  'empty:',
]
/** The last letter of the salt has four padding bits, zero in what crypt(3) writes. */
function withStrayBits(hash: string): string {
  const alphabet = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
  const last = alphabet.indexOf(hash[28] as string)
  return `${hash.slice(0, 28)}${alphabet[last + 1]}${hash.slice(29)}`
}

const lines = `${records.join('\n')}\n`

/** Those that need no quotation marks in a configuration file. */
const withPrefix = `${records.filter(record => /^[\w-]+:\$[^\s:]+$/.test(record)).join('\n')}\n`

const files: Record<string, string> = {
  'every kind of record': lines,
  'CRLF newlines': lines.replaceAll('\n', '\r\n'),
  'a byte order mark': `\ufefffirst:${bcrypt}\nsecond:${bcrypt}\n`,
  'a byte order mark before a comment': `\ufeff# users\nsecond:${bcrypt}\n`,
  'a byte order mark before apr1': `\ufefffirst:${apr1}\nsecond:${apr1}\n`,
  'a line without a colon': `first:${bcrypt}\nno colon\nsecond:${bcrypt}\n`,
  'no newline at the end': `first:${bcrypt}\nsecond:${bcrypt}`,
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'servers-'))
  // the server's own account needs access
  chmodSync(folder, 0o755)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** The users without a problem at the server. */
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

  /** The users of a file who can log in; none if the server does not start with it. */
  async function usersIn(text: string): Promise<string[]> {
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

  // Caddy takes records into its configuration, so only what is in one can differ
  const own = name === 'caddy' ? { 'every hash with a prefix': withPrefix } : files

  test.skipIf(missing).each(Object.entries(own))('%s', async (_name, text) => {
    expect(await usersIn(text)).toEqual(expectedIn(server, text))
  })

  test.skipIf(missing ?? (name === 'caddy' && 'it refuses duplicates'))(
    'which record of a duplicate user it uses',
    async () => {
      const other = await hashPassword('0ther-w0rd', { cost: 4 })
      const right = await usersIn(`ann:${bcrypt}\nann:${other}\nbob:${other}\nbob:${bcrypt}\n`)
      expect(right).toEqual([servers[server].duplicates === 'first' ? 'ann' : 'bob'])
    },
  )
})
