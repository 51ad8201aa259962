// The markup that password managers and assistive programs rely on.
import { describe, expect, test } from 'vitest'
import { accountPage } from '../../../../src/http/pages/account-page.ts'
import type { PageLook } from '../../../../src/http/pages/parts.ts'
import { signInPage } from '../../../../src/http/pages/sign-in-page.ts'
import { signOutPage } from '../../../../src/http/pages/sign-out-page.ts'
import { languages } from '../../../../src/http/pages/texts.ts'

const look: PageLook = { lang: 'en', realm: 'Lab', contact: undefined, loginText: undefined, prefix: '' }
const signIn = (lang: PageLook['lang'] = 'en') => signInPage({ ...look, lang }, { status: 200, next: '/' })
const account = (lang: PageLook['lang'] = 'en') =>
  accountPage(
    { ...look, lang },
    {
      ...{ status: 200, user: 'alice', groups: [], signedInAt: 0, endsAt: 1, signsInWith: undefined },
      ...{
        canChange: true,
        hasFile: true,
        tokens: [{ id: 'a', name: 'ci', scope: 'read', expires: 1 }],
        now: 0,
      },
    },
  )

/** The attribute of each field by the field's id or name. */
function attributesOf(html: string, attribute: string): Record<string, string | undefined> {
  const fields = [...html.matchAll(/<(?:input|select)\b[^>]*>/g)].map(([field]) => field)
  const read = (field: string, name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(field)?.[1]
  return Object.fromEntries(
    fields
      .filter(field => read(field, 'type') !== 'hidden')
      .map(field => [read(field, 'id') ?? read(field, 'name') ?? '', read(field, attribute)]),
  )
}

test('password managers find user name, current and new password', () => {
  expect(attributesOf(signIn().body, 'autocomplete')).toEqual({
    username: 'username',
    password: 'current-password',
    stay: undefined,
  })
  expect(attributesOf(account().body, 'autocomplete')).toMatchObject({
    'shown-user': 'username',
    current: 'current-password',
    next: 'new-password',
    repeat: 'new-password',
    'create-current': 'current-password',
    'revoke-current': 'current-password',
    'token-name': 'off',
  })
})

describe.each(languages)('%s', lang => {
  const pages = {
    signIn: signIn(lang),
    account: account(lang),
    signOut: signOutPage({ ...look, lang }, 'alice'),
  }

  test.each(Object.entries(pages))(
    '%s says its language, has one id each, and nothing that moves',
    (_, { body }) => {
      expect(body).toContain(`<html lang="${lang}">`)
      const ids = [...body.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id)
      expect(ids).toEqual([...new Set(ids)])
      for (const [, id] of body.matchAll(/\bfor="([^"]+)"/g)) expect(ids).toContain(id)
      expect(body).not.toMatch(/transition|animation|@keyframes|<marquee/)
    },
  )
})
