// A guard with a sign-in page over two users in memory, for tests of attacks on it.

import { hashPassword } from '../../src/hash/hash-password.ts'
import type { GuardOptions } from '../../src/http/guard/options.ts'
import { BrowserClient } from './browser-client.ts'
import { PASSWORD, TestGuard } from './test-guard.ts'

const SECRET = 'x'.repeat(32)

export interface LoginGuard extends AsyncDisposable {
  readonly guard: TestGuard
  readonly users: Map<string, string>
  client(): BrowserClient
  /** A browser that is signed in. */
  signedIn(user?: string): Promise<BrowserClient>
}

export async function startLoginGuard(
  options: Partial<Omit<GuardOptions, 'authenticator'>> = {},
): Promise<LoginGuard> {
  const hash = await hashPassword(PASSWORD, { format: 'sha1' })
  const users = new Map([
    ['alice', hash],
    ['bob', hash],
  ])
  const guard = await TestGuard.start({ users, login: { secret: SECRET }, ...options })
  const client = (): BrowserClient => new BrowserClient(guard.url)
  return {
    guard,
    users,
    client,
    async signedIn(user = 'alice') {
      const browser = client()
      const { status } = await browser.signIn(user, PASSWORD)
      if (status !== 200) throw new Error(`signing in ended with ${status}`)
      return browser
    },
    [Symbol.asyncDispose]: () => guard[Symbol.asyncDispose](),
  }
}

/** As a page's script asks. */
export const SCRIPT = { 'sec-fetch-mode': 'cors' }
