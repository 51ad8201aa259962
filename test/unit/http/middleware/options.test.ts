// The options that all middlewares share, tested with the one that needs no server.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { createRules } from '../../../../src/access/rules.ts'
import { Authenticator } from '../../../../src/auth/authenticator.ts'
import { parseGroups } from '../../../../src/document/groups.ts'
import { basicAuth } from '../../../../src/http/middleware/basic-auth.ts'
import { fetchBasicAuth } from '../../../../src/http/middleware/fetch.ts'
import type { BasicAuthOptions } from '../../../../src/http/middleware/options.ts'
import { HtpasswdFile } from '../../../../src/store/htpasswd-file.ts'
import { basic } from '../../../support/test-guard.ts'

const hash = '{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=' // of "secret"
const users = { ann: hash, bob: hash }
const folder = mkdtempSync(join(tmpdir(), 'middleware-'))
afterAll(() => rmSync(folder, { recursive: true }))
const inFolder = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
const file = inFolder('users', `ann:${hash}\nbob:${hash}\n`)
const opened = await HtpasswdFile.open(file)

const request = (user: string | undefined, path = '/', method = 'GET') =>
  new Request(`http://lab.example${path}`, {
    method,
    headers: user === undefined ? {} : { authorization: basic(user, 'secret') },
  })

describe('anything but users is ERR_OPTION when the middleware is created', () => {
  const authenticator = new Authenticator(users)
  test.each<[unknown, unknown, string]>([
    [undefined, undefined, "basicAuth expected an Authenticator, { file: 'users' } or { users: … }"],
    ['users', undefined, 'basicAuth expected an Authenticator'],
    [new Map(), undefined, 'basicAuth expected an Authenticator'],
    [opened, undefined, 'basicAuth expected an Authenticator'],
    [{}, undefined, 'one of "file", "users" and "authenticator", got none'],
    [{ users: undefined }, undefined, 'got none'],
    [{ file, users }, undefined, 'got "file" and "users"'],
    [{ ann: hash }, undefined, 'got "ann"'],
    [{ users: 'ann' }, undefined, 'users expected'],
    [{ users: { ann: 'password' } }, undefined, 'for "ann", got plain text'],
    [{ users, relam: 'x' }, undefined, '"relam"'],
    [{ users }, { realm: 'x' }, 'users and options in one object'],
    [{ users, maxFailures: -1 }, undefined, '"maxFailures"'],
    [{ authenticator: {} }, undefined, '"authenticator" expected an Authenticator'],
    [{ authenticator, maxFailures: 5 }, undefined, '"maxFailures" is an option of the Authenticator'],
    [authenticator, { relam: 'x' }, '"relam"'],
    [authenticator, { realm: 'a\r\nb' }, '"realm"'],
    [{ users, allowPaths: '/health' }, undefined, '"allowPaths" expected an array'],
    [{ users, allowPaths: ['health'] }, undefined, '"allowPaths" expected a path'],
    [{ users, address: '192.0.2.1' }, undefined, '"address" expected a function, got string'],
    [{ users, respond: {} }, undefined, '"respond" expected a function, got object'],
    [{ users, rules: 'rules' }, undefined, '"rules" expected an array'],
    [{ users, groups: {} }, undefined, '"groups" expected the path'],
  ])('%j, %j', (given, options, message) => {
    const create = () => basicAuth(given as never, options as never)
    expect(create).toThrow(
      expect.objectContaining({ code: 'ERR_OPTION', message: expect.stringContaining(message) }),
    )
  })

  test.each([
    [{ file: join(folder, 'missing') }, 'ERR_FILE_ACCESS'],
    [{ file: folder }, 'ERR_FILE_ACCESS'],
    [{ users, groups: join(folder, 'missing') }, 'ERR_FILE_ACCESS'],
    [{ users, rules: ['nonsense'] }, 'ERR_RECORD'],
  ])('%j is %s', (given, code) => {
    expect(() => basicAuth(given as never)).toThrow(expect.objectContaining({ code }))
  })
})

test.each([
  ['a file', { file }],
  ['an object', { users }],
  ['a Map', { users: new Map(Object.entries(users)) }],
  ['an asynchronous function', { users: async (name: string) => (name === 'ann' ? hash : undefined) }],
  ['an authenticator', { authenticator: new Authenticator(users) }],
])('the users of %s may log in', async (_, setup) => {
  await using check = fetchBasicAuth(setup)
  const { user, auth, response } = await check(request('ann'))
  expect([user, auth, response]).toEqual(['ann', { user: 'ann', groups: [] }, undefined])
  expect((await check(request('eve'))).response?.status).toBe(401)
  expect((await check(request(undefined))).response?.status).toBe(401)
})

test('close ends what was made here, and leaves open what was given', async () => {
  const close = vi.spyOn(Authenticator.prototype, 'close')
  const authenticator = new Authenticator(users)
  await basicAuth(authenticator).close()
  await basicAuth({ authenticator }).close()
  expect(close).not.toHaveBeenCalled()
  const login = basicAuth({ users })
  await login[Symbol.asyncDispose]()
  expect(close).toHaveBeenCalledOnce()
  close.mockRestore()
})

describe('respond', () => {
  const ask = async (respond: BasicAuthOptions<Request>['respond'], accept = 'text/html') => {
    await using check = fetchBasicAuth({ users, ...(respond && { respond }) })
    const { response } = await check(new Request('http://lab.example/', { headers: { accept } }))
    return { status: response?.status, headers: response?.headers, body: await response?.text() }
  }

  test('gets the refusal and the request', async () => {
    const respond = vi.fn()
    const { status, body } = await ask(respond)
    expect(respond).toHaveBeenCalledWith({ status: 401, reason: 'missing' }, expect.any(Request))
    expect([status, body?.slice(0, 15)]).toEqual([401, '<!doctype html>'])
  })

  test('gives another body, headers and status; the challenge stays unless it is left out', async () => {
    const json = { headers: { 'Content-Type': 'application/json' }, body: '{"error":"é"}' }
    const { status, headers, body } = await ask(async () => json)
    expect([status, body, headers?.get('content-type')]).toEqual([401, json.body, 'application/json'])
    expect(headers?.get('content-length')).toBe('14')
    expect(headers?.get('www-authenticate')).toContain('Basic')
    expect(headers?.get('content-security-policy')).toBeNull()
    const redirect = await ask(() => ({
      status: 303,
      headers: { location: '/login', 'WWW-Authenticate': undefined },
      body: '',
    }))
    expect([redirect.status, redirect.headers?.get('location'), redirect.body]).toEqual([303, '/login', ''])
    expect(redirect.headers?.get('www-authenticate')).toBeNull()
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('no template')
      },
    ],
    ['rejects', () => Promise.reject(new Error('no template'))],
  ])('if it %s, the request stays refused', async (_, respond) => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    expect((await ask(respond)).status).toBe(401)
    expect(String(warn.mock.calls)).toContain('no template')
    warn.mockRestore()
  })
})

describe('address', () => {
  const wrong = (user: string) =>
    new Request('http://lab.example/', {
      headers: { authorization: basic(user, 'guess'), 'x-real-ip': user },
    })

  test('is what failures are counted by', async () => {
    await using check = fetchBasicAuth({
      users,
      maxFailures: 1,
      address: ({ headers }) => (headers.get('x-real-ip') === 'bob' ? '192.0.2.2' : '192.0.2.1'),
    })
    expect((await check(wrong('ann'))).response?.status).toBe(401)
    const guess = new Request(wrong('ann'), { headers: { authorization: basic('ann', 'another-guess') } })
    expect((await check(guess)).response?.status).toBe(429)
    expect((await check(wrong('bob'))).response?.status).toBe(401)
  })

  test('if it throws, the request is refused', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    await using check = fetchBasicAuth({
      users,
      address: () => {
        throw new Error('no address')
      },
    })
    expect((await check(request('ann'))).response?.status).toBe(500)
    expect(String(warn.mock.calls)).toContain('no address')
    warn.mockRestore()
  })
})

describe('rules and groups', () => {
  const rules = ['ANY /admin/** group:admins', 'GET /** valid-user', 'ANY /** group:editors']

  test.each([
    ['a group file', inFolder('groups', 'admins: ann\neditors: ann\n')],
    ['parseGroups', parseGroups('admins: ann\neditors: ann\n')],
  ])('groups of %s', async (_, groups) => {
    await using check = fetchBasicAuth({ users, rules, groups })
    expect((await check(request('ann', '/admin/x'))).auth).toEqual({
      user: 'ann',
      groups: ['admins', 'editors'],
    })
    expect((await check(request('bob', '/'))).auth).toEqual({ user: 'bob', groups: [] })
    const { response } = await check(request('bob', '/admin/x'))
    expect(response?.status).toBe(403)
    expect(response?.headers.get('www-authenticate')).toBeNull()
    expect(await response?.text()).toContain('bob may not GET /admin/x: that is for group:admins')
    expect((await check(request('bob', '/', 'POST'))).response?.status).toBe(403)
    expect((await check(request(undefined, '/admin/x'))).response?.status).toBe(401)
  })

  test('a changed group file counts at the next request', async () => {
    const groups = inFolder('changing', 'admins: ann\n')
    await using check = fetchBasicAuth({ users, rules, groups })
    expect((await check(request('ann', '/admin/x'))).response).toBeUndefined()
    await new Promise(setImmediate)
    inFolder('changing', 'admins: bob\n')
    expect((await check(request('bob', '/admin/x'))).response).toBeUndefined()
    expect((await check(request('ann', '/admin/x'))).response?.status).toBe(403)
  })

  test('an invalid group file is reported, and the groups read last stay', async () => {
    const groups = inFolder('damaged', 'admins: ann\n')
    const onError = vi.fn()
    await using check = fetchBasicAuth({ users, rules, groups, onError })
    inFolder('damaged', 'nonsense without a colon\n')
    for (const _ of [1, 2]) expect((await check(request('ann', '/admin/x'))).response).toBeUndefined()
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'ERR_RECORD' }))
  })

  test.each(['/%61dmin/x', '//admin/x', '/admin/../admin/x', '/ADMIN/x', '/x/%2e%2e/admin/x'])(
    'what a framework may read as /admin/x is closed as well: %s',
    async path => {
      const raw = {
        method: 'GET',
        url: `http://lab.example${path}`,
        headers: new Headers({ authorization: basic('bob', 'secret') }),
      }
      await using check = fetchBasicAuth({ users, rules })
      expect((await check(raw as Request)).response?.status).toBe(403)
    },
  )

  test('respond tells a refused user from an unknown one', async () => {
    const respond = vi.fn(() => ({ body: 'no' }))
    await using check = fetchBasicAuth({ users, rules: createRules(['GET /** user:ann']), respond })
    const { response } = await check(request('bob'))
    expect([response?.status, await response?.text()]).toEqual([403, 'no'])
    const detail = 'bob may not GET /: that is for user:ann'
    expect(respond).toHaveBeenCalledWith(
      { status: 403, reason: 'forbidden', user: 'bob', detail },
      expect.any(Request),
    )
  })
})
