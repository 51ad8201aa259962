// The page itself: what it says of the headers, nothing injected, nothing loaded, no password shown.
import { expect, test } from 'vitest'
import { demoPage } from '../../../../../../src/cli/commands/serve/app/demo.ts'

const page = (...rawHeaders: string[]): string =>
  demoPage({ method: 'GET', target: '/a?<b>', rawHeaders, userHeader: 'X-User' })

test('it names the user, also beyond ASCII, and nobody where there is none', () => {
  expect(page('x-user', 'ann')).toContain('<h1>Signed in as ann</h1>')
  expect(page('X-User', Buffer.from('jürgen').toString('latin1'))).toContain('Signed in as jürgen')
  expect(page()).toContain('Signed in as nobody')
})

test('it marks what the guard wrote itself', () => {
  const text = page('Host', '127.0.0.1', 'X-User', 'ann', 'Accept', '*/*')
  expect(text).toMatch(/class="own"><th scope="row">Host<td>127\.0\.0\.1<td>set by the guard/)
  expect(text).toMatch(/class="own"><th scope="row">X-User<td>ann<td>set by the guard: the user name/)
  expect(text).toMatch(/<tr><th scope="row">Accept<td>\*\/\*<td>/)
})

test('nothing that a client sends becomes markup', () => {
  const text = page('X-Odd', '<script>alert(1)</script>', 'x-user', '"><img>')
  expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  expect(text).toContain('/a?&lt;b&gt;')
  expect(text).not.toMatch(/<script>|<img>/)
})

test('the password is not shown, passed on or not', () => {
  expect(page()).toContain('not forwarded')
  const text = page('Authorization', 'Basic c2VjcmV0')
  expect(text).toContain('(hidden here)')
  expect(text).not.toMatch(/c2VjcmV0|not forwarded/)
})

test('it loads nothing from elsewhere', () => {
  expect(page()).not.toMatch(/src=|@import|url\(|<link/)
})
