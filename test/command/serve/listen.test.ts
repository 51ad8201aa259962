// Binding the port: a real one for 0, and errors that say what to do.
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { listen } from '../../../src/cli/commands/serve/listen.ts'

test('port 0 becomes a real one', async () => {
  const server = createServer()
  expect((await listen(server, { host: '127.0.0.1', port: 0 })).port).toBeGreaterThan(0)
  server.close()
})

test('a port in use names the process and the next free one', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const who = process.platform === 'linux' ? `\\S.* \\(process ${process.pid}\\)` : '.*'
  await expect(listen(createServer(), { host: '127.0.0.1', port })).rejects.toThrow(
    new RegExp(
      `^port ${port} is already in use by ${who}; stop it, or take the next free port: --listen 127.0.0.1:\\d+$`,
    ),
  )
  other.close()
})

test('an address of another machine is told as such', async () => {
  await expect(listen(createServer(), { host: '192.0.2.1', port: 8080 })).rejects.toThrow(
    /^--listen expected an address of this machine, got 192.0.2.1/,
  )
})
