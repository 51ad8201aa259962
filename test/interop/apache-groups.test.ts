// The real mod_authz_groupfile finds the same members in a group file as this package: before and after our changes to it.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Groups } from '../../src/document/groups.ts'
import { groupText } from '../support/arbitraries.ts'
import {
  findProgram,
  freePort,
  type Program,
  skipReason,
  startProgram,
  untilListening,
} from '../support/outside-program.ts'

const modules = ['mpm_prefork', 'authn_core', 'authn_file', 'auth_basic', 'authz_core', 'authz_groupfile']
const GROUPS = ['g1', 'g2', 'g3']
const USERS = ['ann', 'bob', 'mary ann', 'jörg', 'o"x', 'a"b', 'x\\y']
const PASSWORD_HASH = '{SHA}GpHWL3ymc5liWkNopqtdSjuqYHM='

/** Fixed, so that a failure can be repeated. */
const texts = fc.sample(groupText, { numRuns: 20, seed: 16 })
const changed = texts.map((text, i) => {
  const groups = new Groups(Buffer.from(text, 'latin1'))
  const user = USERS[i % USERS.length] as string
  if (!groups.add('g1', user)) groups.remove('g1', user)
  groups.add('g2', 'x\\y')
  return groups.toString()
})
const files = [...texts.map(text => Buffer.from(text, 'latin1')), ...changed.map(text => Buffer.from(text))]

const missing = process.platform === 'win32' ? 'needs POSIX' : skipReason({ apache2: findProgram('apache2') })
describe.skipIf(missing)('apache2 with mod_authz_groupfile', () => {
  let folder: string
  let apache: Program
  let port: number
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'groups-'))
    // the server's own user reads the files
    chmodSync(folder, 0o755)
    mkdirSync(join(folder, 'www'))
    port = await freePort()
    const locations = files.flatMap((bytes, i) => {
      writeFileSync(join(folder, `groups${i}`), bytes)
      return GROUPS.map(
        group => `<Location /${i}/${group}>
AuthType Basic
AuthName x
AuthUserFile ${folder}/users
AuthGroupFile ${folder}/groups${i}
Require group ${group}
</Location>`,
      )
    })
    writeFileSync(join(folder, 'users'), USERS.map(user => `${user}:${PASSWORD_HASH}\n`).join(''))
    writeFileSync(
      join(folder, 'httpd.conf'),
      `ServerRoot ${folder}
ServerName localhost
Listen 127.0.0.1:${port}
PidFile ${folder}/httpd.pid
Mutex file:${folder}
ErrorLog ${folder}/error.log
User nobody
Group nogroup
StartServers 1
DocumentRoot ${folder}/www
${modules.map(name => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
${locations.join('\n')}
`,
    )
    apache = startProgram('apache2', ['-DFOREGROUND', '-f', join(folder, 'httpd.conf')])
    await untilListening(port, apache)
  })
  afterAll(async () => {
    await apache?.[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  /** 404: there is no such page, but the user would get it. */
  const isIn = async (file: number, group: string, user: string): Promise<boolean> => {
    const authorization = `Basic ${Buffer.from(`${user}:pw`).toString('base64')}`
    const { status } = await fetch(`http://127.0.0.1:${port}/${file}/${group}`, {
      headers: { authorization },
    })
    expect([401, 404]).toContain(status)
    return status === 404
  }

  test('has the same members in every group', async () => {
    for (const [i, bytes] of files.entries()) {
      const groups = new Groups(bytes)
      const pairs = GROUPS.flatMap(group => USERS.map(user => ({ group, user })))
      const theirs = await Promise.all(pairs.map(({ group, user }) => isIn(i, group, user)))
      const ours = pairs.map(({ group, user }) => groups.groupsOf(user).includes(group))
      expect({ file: bytes.toString(), members: theirs }).toEqual({ file: bytes.toString(), members: ours })
    }
  })
})
