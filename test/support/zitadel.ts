// A second certified identity provider, of another vendor: the OpenID Provider library of ZITADEL, as the example server
// of its module (github.com/zitadel/oidc) runs it. It has a page that asks for a name and a password, and no consent page.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findCached, freePort, startProgram, untilListening } from './outside-program.ts'

export const zitadelServer = findCached('zitadel/server')

/** The password of all its users. */
export const ZITADEL_PASSWORD = 'sesame of zitadel'

export interface Zitadel extends AsyncDisposable {
  /** With a slash at its end. */
  readonly issuer: string
  readonly port: number
  readonly clientId: 'web'
  readonly clientSecret: 'secret'
}

/** @param app the address of the guard that people type. */
export async function startZitadel(app: string, wantedPort?: number): Promise<Zitadel> {
  const port = wantedPort ?? (await freePort())
  const folder = mkdtempSync(join(tmpdir(), 'zitadel-'))
  const users = ['ann', 'eve'].map(name => [
    name,
    {
      ID: name,
      Username: name,
      Password: ZITADEL_PASSWORD,
      Email: `${name}@example.com`,
      EmailVerified: true,
    },
  ])
  writeFileSync(join(folder, 'users.json'), JSON.stringify(Object.fromEntries(users)))
  const program = startProgram(zitadelServer as string, [], {
    cwd: folder,
    env: {
      PORT: String(port),
      USERS_FILE: join(folder, 'users.json'),
      REDIRECT_URI: `${app}/.htpasswd/oidc/callback`,
    },
  })
  await untilListening(port, program)
  return {
    issuer: `http://localhost:${port}/`,
    port,
    clientId: 'web',
    clientSecret: 'secret',
    async [Symbol.asyncDispose]() {
      await program[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
