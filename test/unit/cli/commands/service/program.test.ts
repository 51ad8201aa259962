// What a service runs, and what cannot become one.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type ServeArguments,
  serviceRequest,
  serviceSpec,
} from '../../../../../src/cli/commands/service/options.ts'
import { serviceOf } from '../../../../../src/cli/commands/service/program.ts'
import { parseOptions } from '../../../../../src/cli/options/values.ts'

const folder = mkdtempSync(join(tmpdir(), 'program-'))
const app = process.platform === 'win32' ? 'app.exe' : 'app'
beforeAll(() => {
  writeFileSync(join(folder, 'users'), '')
  writeFileSync(join(folder, app), '', { mode: 0o755 })
  writeFileSync(join(folder, 'plain'), '', { mode: 0o644 })
})
afterAll(() => rmSync(folder, { recursive: true }))

const self = ['/node', '/kit/bin/htpasswd.js']
const make = (words: string[], origin: { self?: string[]; env?: NodeJS.ProcessEnv } = {}) =>
  serviceOf(
    serviceRequest(parseOptions(serviceSpec, ['install', ...words]), folder).serve as ServeArguments,
    { name: 'x', atBoot: true },
    { env: {}, folder, self, ...origin },
  )

test('this command, then the guard', () => {
  const service = make(['users', '--upstream=http://127.0.0.1:5000'])
  expect(service).toEqual({
    name: 'x',
    atBoot: true,
    describe: 'http://127.0.0.1:5000',
    program: [...self, 'serve', join(folder, 'users'), '--upstream=http://127.0.0.1:5000'],
    folder,
    passwordFile: join(folder, 'users'),
    reads: self,
    startsApp: false,
    lowPort: false,
  })
})

test('certificate and key are files that it reads, and 443 is a low port', () => {
  const service = make(['users', '--demo', '--listen=443', '--tls-cert=c', '--tls-key=/k'])
  expect(service.reads.slice(2)).toEqual([join(folder, 'c'), resolve('/k')])
  expect(service).toMatchObject({ lowPort: true, describe: 'the built-in demo page' })
})

test("an app is found on the PATH of who installs, for a service's own is another", () => {
  const service = make(['users', '--', 'app', '--port', '5000'], {
    env: { PATH: `/no/such${process.platform === 'win32' ? ';' : ':'}${folder}` },
  })
  expect(service.program.slice(-4)).toEqual(['--', join(folder, app), '--port', '5000'])
  expect(service).toMatchObject({ startsApp: true, describe: 'app' })
})

test('an app by its path needs no PATH', () => {
  expect(make(['users', '--', './app', '--port=1']).program.at(-2)).toBe(join(folder, app))
  expect(make(['users', '--', join(folder, app), '--port=1']).program.at(-2)).toBe(join(folder, app))
})

test.each<[string, string[], object, string]>([
  ['a missing password file', ['missing', '--demo'], {}, 'found none; create it with: htpasswd add'],
  [
    "npx's copy",
    ['users', '--demo'],
    { self: ['/node', '/home/a/.npm/_npx/12ab/node_modules/htpasswd-kit/bin/htpasswd.js'] },
    'npm install -g htpasswd-kit',
  ],
  [
    'an app that is not there',
    ['users', '--', 'nowhere'],
    { env: { PATH: folder } },
    'expected nowhere on the PATH',
  ],
])('%s is refused with the way out', (_, words, origin, message) => {
  expect(() => make(words, origin)).toThrow(message)
})

test.skipIf(process.platform === 'win32')('a file that is no program is not the app', () => {
  expect(() => make(['users', '--', 'plain'], { env: { PATH: folder } })).toThrow(
    'expected plain on the PATH',
  )
})
