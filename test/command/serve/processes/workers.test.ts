// Several processes on one port: they answer, are replaced, read the file again, and end together.
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { hashPassword } from '../../../../src/hash/hash-password.ts'
import { makeCertificate, openssl } from '../../../support/certificate.ts'
import {
  eventually,
  freePort,
  type Program,
  skipReason,
  startProgram,
} from '../../../support/outside-program.ts'
import { ask, basic } from '../../../support/raw-client.ts'

const bin = fileURLToPath(new URL('../../../../bin/htpasswd.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'serve-workers-'))
const users = join(folder, 'users')
let record = ''
beforeAll(async () => {
  record = await hashPassword('secret', { format: 'sha1' })
})
const running: Program[] = []
afterEach(async () => {
  for (const program of running.splice(0)) await program[Symbol.asyncDispose]()
})
afterAll(() => rmSync(folder, { recursive: true }))

async function start(...args: string[]) {
  writeFileSync(users, `ann:${record}\n`)
  const port = await freePort()
  const listen = ['--listen', `127.0.0.1:${port}`, '--log', 'off', '--max-failures', '0']
  const program = startProgram(process.execPath, [
    bin,
    'serve',
    users,
    ...(args.includes('--upstream') ? [] : ['--demo']),
    '--workers',
    '2',
    ...listen,
    ...args,
  ])
  running.push(program)
  await eventually('the start', () => (program.output().includes('Guarding') ? true : undefined))
  const status = async (user: string) => (await ask({ port, headers: [basic(user, 'secret')] })).status
  return { program, port, status }
}

/** The processes that a process has started. */
const childrenOf = (pid: number): number[] =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(child => {
      try {
        const stat = readFileSync(`/proc/${child}/stat`, 'utf8')
        return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] === String(pid)
      } catch {
        return false
      }
    })

test('each worker takes a change of the file over at its next request', async () => {
  const { program, status } = await start()
  // connections go to the workers in turn, so that eight ask each of them
  const eight = (user: string) => Promise.all(Array.from({ length: 8 }, () => status(user)))
  expect(program.output()).toMatch(
    /2 workers, in memory: \d{2,3} MB, \d{2,3} MB, and \d{2,3} MB of this process\n/,
  )
  expect(await eight('ann')).toEqual(Array(8).fill(200))
  writeFileSync(`${users}.new`, `bob:${record}\n`)
  renameSync(`${users}.new`, users)
  expect(await eight('ann')).toEqual(Array(8).fill(401))
  expect(await eight('bob')).toEqual(Array(8).fill(200))
  program.process.kill('SIGTERM')
  expect(await program.ended).toBe(0)
})

test.skipIf(process.platform !== 'linux')(
  'a worker that dies is replaced, and none is left behind',
  async () => {
    const { program, status } = await start()
    const before = childrenOf(program.process.pid as number)
    expect(before).toHaveLength(2)
    process.kill(before[0] as number, 'SIGKILL')
    await eventually('another worker', () => {
      const now = childrenOf(program.process.pid as number)
      return now.length === 2 && !now.includes(before[0] as number) ? now : undefined
    })
    const said = 'a worker ended with signal SIGKILL; a new one is started'
    await eventually('the word on it', () => program.output().includes(said) || undefined)
    expect(await status('ann')).toBe(200)
    const last = childrenOf(program.process.pid as number)
    // not asked to stop: the workers see that nobody leads them any more
    program.process.kill('SIGKILL')
    await program.ended
    await eventually('their end', () => {
      const left = last.filter(pid => readdirSync('/proc').includes(String(pid)))
      return left.length === 0 ? true : undefined
    })
  },
)

test('each worker decides by the rules and groups as they are', async () => {
  const [rules, groups] = ['rules', 'groups'].map(name => join(folder, name)) as [string, string]
  const write = (path: string, text: string): void => {
    writeFileSync(`${path}.new`, text)
    renameSync(`${path}.new`, path)
  }
  write(rules, 'GET /** group:staff\n')
  write(groups, 'staff: ann\n')
  const { program, status } = await start('--rules', rules, '--groups', groups)
  const statuses = async () => [...new Set(await Promise.all(Array.from({ length: 8 }, () => status('ann'))))]
  expect(await statuses()).toEqual([200])
  write(groups, 'staff: bob\n')
  expect(await statuses()).toEqual([403])
  write(groups, 'staff ann\n')
  await eventually('the report', () => (program.output().includes('groups:1: expected') ? true : undefined))
  expect(await statuses()).toEqual([403])
  write(rules, 'GET /** valid-user\n')
  expect(await statuses()).toEqual([200])
  // by the process that was started, not by each worker
  expect(program.output().match(/groups:1: expected/g)).toHaveLength(1)
})

test('why it cannot listen is told once', async () => {
  const { port } = await start()
  const second = startProgram(process.execPath, [
    bin,
    'serve',
    ...[users, '--demo', '--workers', '2', '--listen', `127.0.0.1:${port}`],
  ])
  running.push(second)
  expect(await second.ended).toBe(1)
  expect(second.output().match(/is already in use/g)).toHaveLength(1)
})

test('a file that cannot be used is reported once, by the process that was started', async () => {
  const { program, status } = await start()
  rmSync(users)
  await eventually('the report', () => program.output().includes('there is no such file') || undefined)
  expect(await Promise.all(Array.from({ length: 8 }, () => status('ann')))).toEqual(Array(8).fill(200))
  program.process.kill('SIGTERM')
  expect(await program.ended).toBe(0)
  expect(program.output().match(/the 1 user read last can still log in/g)).toHaveLength(1)
})

test('told twice to stop, it cuts what is under way', { timeout: 9000 }, async () => {
  const app = createServer((_, res) => void res.write('first'))
  await once(app.listen(0, '127.0.0.1'), 'listening')
  const { program, port } = await start(
    '--upstream',
    `http://127.0.0.1:${(app.address() as AddressInfo).port}`,
  )
  const stream = request({ port, host: '127.0.0.1', headers: { authorization: basic('ann', 'secret')[1] } })
  stream.on('error', () => {}).end()
  const [response] = await once(stream, 'response')
  response.on('error', () => {}).resume()
  program.process.kill('SIGINT')
  await eventually('the stop', () => program.output().includes('stopping') || undefined)
  program.process.kill('SIGINT')
  // without the second one it would wait ten seconds, longer than this test may take
  expect(await program.ended).toBe(0)
  app.closeAllConnections()
  app.close()
})

test.skipIf(skipReason({ openssl }) !== undefined || process.platform === 'win32')(
  'a new certificate is said once, by the process that was started',
  async () => {
    const { cert, key } = makeCertificate(folder, 'localhost')
    const { program, port } = await start('--tls-cert', cert, '--tls-key', key)
    const served = () =>
      new Promise<string>((resolve, reject) => {
        const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
          resolve(socket.getPeerCertificate().fingerprint256)
          socket.destroy()
        }).once('error', reject)
      })
    makeCertificate(folder, 'localhost')
    const { fingerprint256 } = new X509Certificate(readFileSync(cert))
    program.process.kill('SIGHUP')
    // connections go to the workers in turn, so that four ask each of them
    await eventually('the new one from every worker', async () => {
      const all = await Promise.all(Array.from({ length: 4 }, served))
      return all.every(one => one === fingerprint256) ? true : undefined
    })
    program.process.kill('SIGTERM')
    expect(await program.ended).toBe(0)
    expect(program.output().match(/new connections get the new certificate/g)).toHaveLength(1)
  },
)
