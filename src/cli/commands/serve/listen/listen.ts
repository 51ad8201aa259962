// Listens at every address of --listen, or at the sockets that systemd has opened: the first is the server's own, the
// others hand their connections to it.
import { chmodSync, existsSync, lstatSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { dirname } from 'node:path'
import { HtpasswdError } from '../../../../errors.ts'
import { connectionFailure } from '../../../../http/client/reachable.ts'
import { socketOptions } from '../../../../http/guard/server.ts'
import { socketName } from '../../../../platform/unix-socket.ts'
import { type GuardAddress, isSocket, type SocketAddress } from './address.ts'
import { bindPort, bound } from './port.ts'

export interface ListenOptions {
  /** Sockets that are listening already; the addresses are then ignored. */
  readonly descriptors?: readonly number[]
  /** The permissions of Unix sockets. */
  readonly mode?: number
}

/** The result of `listenAt`. */
export interface Listening {
  /** The addresses, with the real port in place of 0. */
  readonly addresses: readonly GuardAddress[]
  /** The servers of all addresses but the first: closing the main one does not close them. */
  readonly others: readonly Server[]
}

/** @throws HtpasswdError `ERR_LISTEN`, naming the address; then none is listened on. */
export async function listenAt(
  main: Server,
  wanted: readonly GuardAddress[],
  { descriptors = [], mode = 0o660 }: ListenOptions = {},
): Promise<Listening> {
  const servers: Server[] = []
  const next = (): Server => {
    const server = servers.length === 0 ? main : relayTo(main)
    servers.push(server)
    return server
  }
  const addresses: GuardAddress[] = []
  try {
    for (const fd of descriptors) addresses.push(await adopt(next(), fd))
    for (const address of descriptors.length > 0 ? [] : wanted) {
      if (isSocket(address)) addresses.push(await bindSocket(next(), address, mode))
      else addresses.push(await bindPort(next, address))
    }
  } catch (error) {
    for (const server of servers) server.close()
    throw error
  }
  return { addresses, others: servers.slice(1) }
}

/** A server that hands its connections to another one, which sets them up. */
const relayTo = (main: Server): Server =>
  createServer({ ...socketOptions, allowHalfOpen: !('setSecureContext' in main) }, socket =>
    main.emit('connection', socket),
  )

async function adopt(server: Server, fd: number): Promise<GuardAddress> {
  await bound(server, { fd })
  const address = server.address() as AddressInfo | null
  // Node does not tell the path of a Unix socket that was opened elsewhere
  if (address === null) return { path: `descriptor ${fd}` }
  return { host: address.address, port: address.port }
}

async function bindSocket(server: Server, { path }: SocketAddress, mode: number): Promise<SocketAddress> {
  // In this process it is created with these permissions; for a worker the process that started it creates it.
  const before = process.umask(0o777 & ~mode)
  const binding = bound(server, { path })
  process.umask(before)
  try {
    await binding
    chmodSync(path, mode)
  } catch (error) {
    throw new HtpasswdError('ERR_LISTEN', explain(error as NodeJS.ErrnoException, path), { cause: error })
  }
  return { path }
}

const inUse = (path: string): string =>
  `${socketName(path)} is already in use by another program; stop it or use another path`

function explain({ code, message }: NodeJS.ErrnoException, path: string): string {
  const name = socketName(path)
  if (code === 'EADDRINUSE') return inUse(path)
  // libuv reports ENOENT as EACCES
  if (!existsSync(dirname(path))) return `listening on ${name} failed: its folder is missing; create it first`
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return `listening on ${name} is not permitted; use a folder in which this account may create files`
  return `listening on ${name} failed: ${message}`
}

/**
 * Removes the sockets that a killed process has left behind. A socket that is in use stays, and so does any other file.
 *
 * @throws HtpasswdError `ERR_LISTEN` for an address that cannot be used.
 */
export async function removeStaleSockets(addresses: readonly GuardAddress[]): Promise<void> {
  for (const { path } of addresses.filter(isSocket)) {
    const file = lstatSync(path, { throwIfNoEntry: false })
    if (file === undefined) continue
    if (!file.isSocket()) {
      throw new HtpasswdError(
        'ERR_LISTEN',
        `${path} exists and is no socket; remove it, or use another path for --listen`,
      )
    }
    // a connection is refused only if no process has the socket open any more
    const failure = await connectionFailure({ path })
    if (failure === 'ECONNREFUSED') rmSync(path, { force: true })
    else if (failure !== 'ENOENT') throw new HtpasswdError('ERR_LISTEN', inUse(path))
  }
}
