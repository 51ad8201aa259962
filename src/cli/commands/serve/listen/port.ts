// The guard's port: binding it, and who has it if that fails.
import { execFile } from 'node:child_process'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { type AddressInfo, createServer, type ListenOptions, type Server } from 'node:net'
import { HtpasswdError } from '../../../../errors.ts'
import { runSystemProgram } from '../../../../platform/windows-program.ts'
import { type ListenAddress, urlOf } from './address.ts'

/** Resolves when the server listens. */
export function bound(server: Server, options: ListenOptions | { readonly fd: number }): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/**
 * Binds a port; port 0 becomes a real one. `localhost` is both loopback addresses: clients try either first.
 *
 * @param next gives the servers to bind, one for each address.
 * @throws HtpasswdError `ERR_LISTEN`, with who has the port and which one is free.
 */
export async function bindPort(next: () => Server, { host, port }: ListenAddress): Promise<ListenAddress> {
  const isLocalhost = host.toLowerCase() === 'localhost'
  const server = next()
  await bind(server, { host: isLocalhost ? '127.0.0.1' : host, port })
  const address = { host, port: (server.address() as AddressInfo).port }
  if (isLocalhost) await bind(next(), { host: '::1', port: address.port })
  return address
}

/** The first descriptor that systemd passes: sd_listen_fds(3). */
const FIRST_FD = 3

/** The sockets that systemd opened for this process, or for the one that started it as a worker. */
export function activatedSockets({
  env,
  pid,
  ppid,
}: Pick<NodeJS.Process, 'env' | 'pid' | 'ppid'>): readonly number[] {
  const { LISTEN_FDS: count, LISTEN_PID: owner } = env
  if (owner !== String(pid) && owner !== String(ppid)) return []
  return Array.from({ length: Number(count) || 0 }, (_, i) => FIRST_FD + i)
}

/** Errors of a machine without IPv6. */
const NO_IPV6 = ['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL']

async function bind(server: Server, { host, port }: ListenAddress): Promise<void> {
  try {
    await bound(server, { host, port })
  } catch (error) {
    const failure = error as NodeJS.ErrnoException
    if (host === '::1' && NO_IPV6.includes(failure.code ?? '')) return
    throw new HtpasswdError('ERR_LISTEN', await explainFailure(failure, { host, port }), { cause: error })
  }
}

async function explainFailure(error: NodeJS.ErrnoException, { host, port }: ListenAddress): Promise<string> {
  const where = urlOf('http', host, port).replace('http://', '')
  if (error.code === 'EADDRINUSE') {
    const [owner, free] = await Promise.all([portOwner(port), nextFreePort(host, port)])
    const advice =
      free === undefined
        ? 'stop it or use another port'
        : `stop it, or use the next free port: --listen ${where.replace(/:\d+$/, '')}:${free}`
    return `port ${port} is already in use by ${owner ?? 'another program'}; ${advice}`
  }
  if (error.code === 'EACCES')
    return `listening on ${where} is not permitted; ports below 1024 need privileges; use one above 1023`
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') {
    return `--listen: ${host} is not an address of this machine; 0.0.0.0:${port} is every IPv4 address`
  }
  return `listening on ${where} failed: ${error.message}`
}

const ATTEMPTS = 50
const LOOKUP_LIMIT_MS = 3000

/** The first free port above the given one on that host, or undefined if the next fifty are taken. */
export async function nextFreePort(host: string, port: number): Promise<number | undefined> {
  const last = Math.min(port + ATTEMPTS, 65535)
  for (let candidate = port + 1; candidate <= last; candidate++) {
    if (await isFree(host, candidate)) return candidate
  }
  return undefined
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)))
  })
}

/** `node (process 4711)`, or undefined if the system does not tell (another user's process, a missing tool). */
export async function portOwner(
  port: number,
  platform: NodeJS.Platform = process.platform,
): Promise<string | undefined> {
  try {
    if (platform === 'linux') return await linuxOwner(port)
    if (platform === 'win32') return await windowsOwner(port)
    return ownerInLsof(await run('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']))
  } catch {
    return undefined
  }
}

async function linuxOwner(port: number): Promise<string | undefined> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map(path => readFile(path, 'utf8').catch(() => '')),
  )
  const inodes = new Set(tables.flatMap(table => listeningInodes(table, port)))
  if (inodes.size === 0) return undefined
  for (const pid of (await readdir('/proc')).filter(name => /^\d+$/.test(name))) {
    const handles = await readdir(`/proc/${pid}/fd`).catch(() => [])
    for (const handle of handles) {
      const target = await readlink(`/proc/${pid}/fd/${handle}`).catch(() => '')
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1]
      if (inode === undefined || !inodes.has(inode)) continue
      const name = (await readFile(`/proc/${pid}/comm`, 'utf8')).trim()
      return `${name} (process ${pid})`
    }
  }
  return undefined
}

/** The inodes of listening sockets (state 0A) in a table of proc_net_tcp(5). */
export function listeningInodes(table: string, port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0')
  return table.split('\n').flatMap(line => {
    const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/)
    return state === '0A' && local.endsWith(`:${wanted}`) && inode !== undefined ? [inode] : []
  })
}

/** Parses `lsof -F pc`: a line `p4711`, then `cnode`. */
export function ownerInLsof(output: string): string | undefined {
  const pid = /^p(\d+)$/m.exec(output)?.[1]
  const name = /^c(.+)$/m.exec(output)?.[1]
  return pid && name ? `${name} (process ${pid})` : undefined
}

async function windowsOwner(port: number): Promise<string | undefined> {
  const pid = pidInNetstat(await runSystemProgram('netstat', ['-ano', '-p', 'TCP'], LOOKUP_LIMIT_MS), port)
  if (pid === undefined) return undefined
  const filter = ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH']
  const row = await runSystemProgram('tasklist', filter, LOOKUP_LIMIT_MS)
  const name = /^"([^"]+)"/m.exec(row)?.[1]
  return `${name ?? 'unknown program'} (process ${pid})`
}

/** Parses `netstat -ano`. Windows translates the names of states; a listener is known by its foreign port 0. */
export function pidInNetstat(output: string, port: number): string | undefined {
  return new RegExp(`^\\s*TCP\\s+\\S+:${port}\\s+\\S+:0\\s+\\S+\\s+(\\d+)\\s*$`, 'm').exec(output)?.[1]
}

function run(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, [...args], { timeout: LOOKUP_LIMIT_MS, windowsHide: true }, (error, stdout) => {
      if (error !== null && stdout === '') reject(error)
      else resolve(stdout)
    })
  })
}
