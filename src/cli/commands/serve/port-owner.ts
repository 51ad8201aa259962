// Who has a port: the process's name where the system tells, and the next port that is free.
import { execFile } from 'node:child_process'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { runSystemProgram } from '../../../platform/windows-program.ts'

const TRIES = 50
const LOOKUP_LIMIT_MS = 3000

/** The first free port above the given one on that host, or undefined where the next fifty are taken. */
export async function nextFreePort(host: string, port: number): Promise<number | undefined> {
  const last = Math.min(port + TRIES, 65535)
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

/** `node (process 4711)`, or undefined where the system does not say (another user's process, a missing tool). */
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

/** Reads `lsof -F pc`: a line `p4711`, then `cnode`. */
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

/** Reads `netstat -ano`; the state's name is translated on Windows, so a foreign address of port 0 tells a listener. */
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
