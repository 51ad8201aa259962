// A deleted user is refused at the next request, with every middleware and every form of users.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import connect from 'connect'
import express from 'express'
import Fastify from 'fastify'
import { Hono } from 'hono'
import { afterAll, describe, expect, test } from 'vitest'
import { Authenticator } from '../../../src/auth/authenticator.ts'
import { hashPassword } from '../../../src/hash/hash-password.ts'
import { type AuthenticatedRequest, basicAuth } from '../../../src/http/middleware/basic-auth.ts'
import { basicAuth as fastifyPlugin } from '../../../src/http/middleware/fastify.ts'
import { fastifyBasicAuth } from '../../../src/http/middleware/fastify-hook.ts'
import { fetchBasicAuth } from '../../../src/http/middleware/fetch.ts'
import { basicAuth as honoBasicAuth } from '../../../src/http/middleware/hono.ts'
import type { BasicAuthSetup } from '../../../src/http/middleware/options.ts'
import { HtpasswdFile } from '../../../src/store/htpasswd-file.ts'
import { basic, listen, portOf } from '../../support/test-guard.ts'

const hash = await hashPassword('wonderland', { format: 'sha1' })
const authorization = basic('alice', 'wonderland')
const folder = mkdtempSync(join(tmpdir(), 'deleted-user-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Users, and how one of them is deleted. */
type MakeUsers = () => { setup: BasicAuthSetup; remove: () => unknown }
let files = 0
const newFile = (): string => {
  const file = join(folder, `users-${files++}`)
  writeFileSync(file, `alice:${hash}\n`)
  return file
}

const forms: Readonly<Record<string, MakeUsers>> = {
  'a file': () => {
    const file = newFile()
    return { setup: { file }, remove: () => HtpasswdFile.update(file, document => document.delete('alice')) }
  },
  'an authenticator of a file': () => {
    const file = newFile()
    const authenticator = Authenticator.fromFile(file)
    const remove = () => HtpasswdFile.update(file, document => document.delete('alice'))
    return { setup: { authenticator }, remove }
  },
  'an object': () => {
    const users: Record<string, string> = { alice: hash }
    return { setup: { users }, remove: () => delete users.alice }
  },
  'a Map': () => {
    const users = new Map([['alice', hash]])
    return { setup: { users }, remove: () => users.delete('alice') }
  },
  'an asynchronous look-up': () => {
    const users = new Map([['alice', hash]])
    return { setup: { users: async name => users.get(name) }, remove: () => users.delete('alice') }
  },
}

/** An app with a login, which is asked for its status and its text. */
type Door = (setup: BasicAuthSetup) => Promise<{ ask(): Promise<string>; close(): Promise<unknown> }>

const overHttp = async (handler: RequestListener, login: { close(): Promise<void> }) => {
  const server = await listen(createServer(handler))
  return {
    ask: async () => {
      const response = await fetch(`http://127.0.0.1:${portOf(server)}/`, { headers: { authorization } })
      return response.ok ? await response.text() : String(response.status)
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      await login.close()
    },
  }
}
const greet = (req: AuthenticatedRequest, res: { end(text: string): unknown }): void =>
  void res.end(`hello ${req.auth?.user}`)

const doors: Readonly<Record<string, Door>> = {
  'node:http': setup => {
    const login = basicAuth(setup)
    return overHttp((req, res) => login(req, res, () => greet(req, res)), login)
  },
  Connect: setup => {
    const login = basicAuth(setup)
    return overHttp(connect().use(login).use(greet), login)
  },
  Express: setup => {
    const login = basicAuth(setup)
    return overHttp(express().use(login).get('/', greet), login)
  },
  'the plugin of Fastify': async setup => {
    const app = Fastify()
    await app.register(fastifyPlugin, setup)
    app.get('/', async request => `hello ${request.auth?.user}`)
    return {
      ask: async () => {
        const { statusCode, body } = await app.inject({ url: '/', headers: { authorization } })
        return statusCode === 200 ? body : String(statusCode)
      },
      close: () => app.close(),
    }
  },
  'the hook of Fastify': async setup => {
    const app = Fastify()
    const login = fastifyBasicAuth(setup)
    app.addHook('onRequest', login)
    app.get('/', async request => `hello ${request.auth?.user}`)
    return {
      ask: async () => {
        const { statusCode, body } = await app.inject({ url: '/', headers: { authorization } })
        return statusCode === 200 ? body : String(statusCode)
      },
      close: () => app.close().then(() => login.close()),
    }
  },
  Hono: async setup => {
    const login = honoBasicAuth(setup)
    const app = new Hono().use(login).get('/', c => c.text(`hello ${c.get('auth').user}`))
    return {
      ask: async () => {
        const response = await app.request('/', { headers: { authorization } })
        return response.ok ? await response.text() : String(response.status)
      },
      close: () => login.close(),
    }
  },
  'Request and Response': async setup => {
    const check = fetchBasicAuth(setup)
    return {
      ask: async () => {
        const { user, response } = await check(
          new Request('http://lab.example/', { headers: { authorization } }),
        )
        return user === undefined ? String(response.status) : `hello ${user}`
      },
      close: () => check.close(),
    }
  },
}

describe.each(Object.entries(doors))('%s', (_, open) => {
  test.each(Object.entries(forms))('with the users of %s', async (_, makeUsers) => {
    const { setup, remove } = makeUsers()
    const app = await open(setup)
    try {
      expect(await app.ask()).toBe('hello alice')
      await remove()
      expect(await app.ask()).toBe('401')
    } finally {
      await app.close()
    }
  })
})
