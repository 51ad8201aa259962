// The provider goes down and comes back while people work: nobody is signed out, and no restart is needed.
import { afterAll, expect, test } from 'vitest'
import { signInAs, startOpenidGuard } from '../../support/openid-guard.ts'
import { eventually } from '../../support/outside-program.ts'
import { WebClient } from '../../support/web-client.ts'

let ahead = 0
const guard = await startOpenidGuard({ now: () => Date.now() + ahead })
afterAll(() => guard[Symbol.asyncDispose]())
const DOWN = 'A user name and password still work.'
const signInPage = async () => (await new WebClient().open(`${guard.origin}/.htpasswd/login`)).body
/** Lets the discovery document become old; the sign-in page asks for it again in the background. */
const later = (seconds: number): void => {
  ahead += seconds * 1000
}

test('it goes down and comes back', async () => {
  const { web } = await signInAs(guard, 'ann')
  expect(await signInPage()).not.toContain(DOWN)

  guard.provider.intercept = (_, res) => {
    res.writeHead(503).end()
    return true
  }
  later(61)
  await eventually('the button to say so', async () => (await signInPage()).includes(DOWN) || undefined)
  // users who are signed in stay signed in
  expect((await web.open(`${guard.origin}/`)).body).toContain('hello ann@example.com')
  expect((await new WebClient().at(guard.origin).signIn('alice', 'correct horse')).body).toContain(
    'hello alice',
  )
  // signing out stays here: its page names the provider, but does not lead to a page that would not open
  const out = await web.submit(`${guard.origin}/.htpasswd/logout`, {})
  expect(out.headers.refresh).toBeUndefined()
  expect(out.body).toContain('You may still be signed in at')

  // reloading the page does not ask it more often
  const asked = guard.provider.asked.length
  for (let i = 0; i < 10; i++) await signInPage()
  expect(guard.provider.asked.length - asked).toBe(0)

  guard.provider.intercept = undefined
  later(61)
  await eventually('the button to be back', async () => !(await signInPage()).includes(DOWN) || undefined)
  expect((await signInAs(guard, 'ann')).page.body).toContain('hello ann@example.com')
})
