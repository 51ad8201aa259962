// Binding the guard's port, and what to tell when that fails.
import type { AddressInfo, Server } from 'node:net'
import { HtpasswdError } from '../../../errors.ts'
import { type ListenAddress, urlOf } from './address.ts'
import { nextFreePort, portOwner } from './port-owner.ts'

/** Resolves with the address in use, where port 0 has become a real one. */
export async function listen(server: Server, { host, port }: ListenAddress): Promise<AddressInfo> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host, port }, () => {
        server.off('error', reject)
        resolve()
      })
    })
  } catch (error) {
    throw new HtpasswdError('ERR_LISTEN', await explain(error as NodeJS.ErrnoException, { host, port }), {
      cause: error,
    })
  }
  return server.address() as AddressInfo
}

async function explain(error: NodeJS.ErrnoException, { host, port }: ListenAddress): Promise<string> {
  const where = urlOf('http', host, port).replace('http://', '')
  if (error.code === 'EADDRINUSE') {
    const [owner, free] = await Promise.all([portOwner(port), nextFreePort(host, port)])
    const advice =
      free === undefined
        ? 'stop it or take another port'
        : `stop it, or take the next free port: --listen ${where.replace(/:\d+$/, '')}:${free}`
    return `port ${port} is already in use by ${owner ?? 'another program'}; ${advice}`
  }
  if (error.code === 'EACCES')
    return `listening on ${where} is not permitted; ports below 1024 need more rights, take one above`
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') {
    return `--listen expected an address of this machine, got ${host}; 0.0.0.0:${port} is every IPv4 address`
  }
  return `listening on ${where} failed: ${error.message}`
}
