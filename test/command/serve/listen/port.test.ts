// Who has a port, read out of what each system prints; and for real where the tests run on Linux.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { networkInterfaces } from 'node:os'
import { expect, test } from 'vitest'
import { listenAt } from '../../../../src/cli/commands/serve/listen/listen.ts'
import {
  listeningInodes,
  nextFreePort,
  ownerInLsof,
  pidInNetstat,
  portOwner,
} from '../../../../src/cli/commands/serve/listen/port.ts'

const hasIpv6 = (): boolean =>
  Object.values(networkInterfaces()).some(list => list?.some(({ address }) => address === '::1'))

const portOf = (server: Server): number => (server.address() as AddressInfo).port

test('the table of proc_net_tcp(5): listening sockets of the port only', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1
   1: 0100007F:1F90 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  1000        0 4712 1
   2: 0100007F:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4713 1
`
  expect(listeningInodes(table, 8080)).toEqual(['4711'])
})

test('lsof of macOS', () => {
  expect(ownerInLsof('p4711\ncnode\nf23\n')).toBe('node (process 4711)')
  expect(ownerInLsof('')).toBeUndefined()
})

test('netstat of Windows, whatever its language', () => {
  const output = `
  Proto  Lokale Adresse         Remoteadresse          Status           PID
  TCP    0.0.0.0:80             0.0.0.0:0              ABHÖREN          4
  TCP    127.0.0.1:8080         127.0.0.1:50123        HERGESTELLT      999
  TCP    127.0.0.1:8080         0.0.0.0:0              ABHÖREN          4711
  TCP    [::1]:18080            [::]:0                 ABHÖREN          4712
`
  expect(pidInNetstat(output, 8080)).toBe('4711')
  expect(pidInNetstat(output, 81)).toBeUndefined()
})

test('a port of our own: it is us, and the next free one is another', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  if (process.platform === 'linux')
    expect(await portOwner(port)).toMatch(new RegExp(`\\(process ${process.pid}\\)$`))
  expect(await nextFreePort('127.0.0.1', port)).toBeGreaterThan(port)
  server.close()
})

test('at the end of the range there is none', async () => {
  expect(await nextFreePort('127.0.0.1', 65535)).toBeUndefined()
})

test('port 0 becomes a real one', async () => {
  const server = createServer()
  const { addresses } = await listenAt(server, [{ host: '127.0.0.1', port: 0 }])
  expect(addresses).toEqual([{ host: '127.0.0.1', port: portOf(server) }])
  server.close()
})

test('a port in use names the process and the next free one', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const who = process.platform === 'linux' ? `\\S.* \\(process ${process.pid}\\)` : '.*'
  await expect(listenAt(createServer(), [{ host: '127.0.0.1', port }])).rejects.toThrow(
    new RegExp(
      `^port ${port} is already in use by ${who}; stop it, or use the next free port: --listen 127.0.0.1:\\d+$`,
    ),
  )
  other.close()
})

test('an address of another machine is told as such', async () => {
  await expect(listenAt(createServer(), [{ host: '192.0.2.1', port: 8080 }])).rejects.toThrow(
    /^--listen: 192.0.2.1 is not an address of this machine/,
  )
})

test('localhost is both loopback addresses, on one port', async () => {
  const heard: string[] = []
  const server = createServer(socket => {
    heard.push(socket.localAddress ?? '')
    socket.destroy()
  })
  const { others } = await listenAt(server, [{ host: 'localhost', port: 0 }])
  const addresses = ['127.0.0.1', ...(hasIpv6() ? ['::1'] : [])]
  for (const host of addresses) await once(connect(portOf(server), host).resume(), 'close')
  expect(heard).toEqual(addresses)
  for (const each of [server, ...others]) each.close()
})
