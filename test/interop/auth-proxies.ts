// The proxies of docs/deploy, started with the very files that people copy; only addresses and ports are others.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ProxyName } from '../../src/http/guard/auth-endpoint.ts'
import {
  eventually,
  findInEnvironment,
  findProgram,
  freePort,
  type Program,
  startProgram,
  untilListening,
} from '../support/outside-program.ts'

const deploy = fileURLToPath(new URL('../../docs/deploy', import.meta.url))

/** A proxy program that a test starts. */
export interface ProxyProgram {
  readonly endpoint: ProxyName
  /** Its full path; undefined where it is not installed. */
  readonly program: string | undefined
  /** Names of files in docs/deploy; the first one is the configuration that is started. */
  readonly files: readonly string[]
  /** Its arguments. @param path of the first file. */
  readonly command: (path: string, folder: string) => readonly string[]
}

const inFolder = (program: string): string | undefined => findInEnvironment('proxies', program)
const caddy = (path: string): string[] => ['run', '--adapter', 'caddyfile', '--config', path]

/** All of them; Debian's, those of Python's package index, and a Caddy that keeps a client's header (CVE-2026-30851). */
export const proxyPrograms = {
  nginx: {
    endpoint: 'nginx',
    program: findProgram('nginx'),
    files: ['nginx.conf'],
    command: (_, folder) => ['-p', folder, '-c', join(folder, 'main.conf'), '-e', join(folder, 'error.log')],
  },
  'Caddy 2.6': {
    endpoint: 'caddy',
    program: findProgram('caddy'),
    files: ['Caddyfile'],
    command: caddy,
  },
  'Caddy 2.11.1': {
    endpoint: 'caddy',
    program: inFolder('caddy'),
    files: ['Caddyfile'],
    command: caddy,
  },
  HAProxy: {
    endpoint: 'haproxy',
    program: findProgram('haproxy'),
    files: ['haproxy.cfg', 'haproxy-htpasswd.lua'],
    command: path => ['-db', '-f', path],
  },
  Traefik: {
    endpoint: 'traefik',
    program: inFolder('traefik'),
    files: ['traefik.yaml', 'traefik-dynamic.yaml'],
    command: path => [`--configfile=${path}`],
  },
  Envoy: {
    endpoint: 'envoy',
    program: inFolder('envoy'),
    files: ['envoy.yaml'],
    command: path => ['-c', path, '--use-dynamic-base-id', '--concurrency', '1', '-l', 'warn'],
  },
} as const satisfies Record<string, ProxyProgram>

/** nginx.conf is one file of a folder that this one includes. */
const nginxMain = (
  folder: string,
): string => `daemon off; pid ${folder}/nginx.pid; worker_processes 1; user root; events {}
http { access_log off; client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f;
  uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s; include ${folder}/nginx.conf; }`

/** Replaces it in the spellings of all the files: `Remote-User`, `remote-user`, `Remote_User`, `$upstream_http_remote_user`. */
const renameUserHeader = (text: string, name: string): string =>
  text.replace(/remote([-_.])user/gi, (found, separator) => {
    const renamed = name.replaceAll('-', separator)
    return found.startsWith('R') ? renamed : renamed.toLowerCase()
  })

/** A running proxy. */
export interface StartedProxy extends AsyncDisposable {
  readonly port: number
  readonly program: Program
}

/**
 * Starts a proxy on a free port of 127.0.0.1.
 * @param userHeader in place of `Remote-User`, as people change these files who give `--user-header` to the guard.
 */
export async function startProxy(
  { program, files, command }: ProxyProgram,
  { guards, app, userHeader }: { guards: readonly number[]; app: number; userHeader?: string },
): Promise<StartedProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'proxy-'))
  const port = await freePort()
  const internal = await freePort()
  const addresses: Readonly<Record<string, string>> = {
    '127.0.0.1:8081': `127.0.0.1:${guards[0]}`,
    '127.0.0.1:8082': `127.0.0.1:${guards[1]}`,
    '127.0.0.1:8083': `127.0.0.1:${internal}`,
    '127.0.0.1:5000': `127.0.0.1:${app}`,
  }
  for (const name of files) {
    const text = readFileSync(join(deploy, name), 'utf8')
      .replace(/127\.0\.0\.1:\d+/g, address => addresses[address] ?? address)
      .replace(/port_value: (\d+)/g, (whole, value) => {
        const known = addresses[`127.0.0.1:${value}`]
        return known === undefined ? whole : `port_value: ${known.split(':')[1]}`
      })
      .replace(/listen 8080;/, `listen 127.0.0.1:${port};`)
      .replace('http://:8080', `http://127.0.0.1:${port}`)
      .replace(/bind :8080/, `bind 127.0.0.1:${port}`)
      .replace('":8080"', `"127.0.0.1:${port}"`)
      .replace('0.0.0.0, port_value: 8080', `127.0.0.1, port_value: ${port}`)
      .replace(/^/, name === 'Caddyfile' ? '{\n\tadmin off\n}\n' : '')
      .replace(/((?:filename:|lua-load) ?)(\S+)/, (_, key, file) => `${key}${join(folder, file)}`)
    writeFileSync(join(folder, name), userHeader === undefined ? text : renameUserHeader(text, userHeader))
  }
  writeFileSync(join(folder, 'main.conf'), nginxMain(folder))
  mkdirSync(join(folder, 'home'))
  const env = { ...process.env, HOME: join(folder, 'home'), XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder }
  const started = startProgram(program as string, command(join(folder, files[0] ?? ''), folder), {
    cwd: folder,
    env,
  })
  await untilListening(port, started)
  // Traefik listens before it has read its routes
  await eventually('the routes of the proxy', async () => {
    const response = await fetch(`http://127.0.0.1:${port}/.htpasswd/health`)
    return response.ok || undefined
  })
  return {
    port,
    program: started,
    async [Symbol.asyncDispose]() {
      await started[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
