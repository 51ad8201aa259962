// The proxies under the black-box suite, each started with the same password file before the same stub upstream.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  findProgram,
  freePort,
  type Program,
  startProgram,
  untilListening,
} from '../support/outside-program.ts'

/** What a check needs beyond the plain set-up; a proxy that has no such thing does not start and fails the check. */
export interface Setup {
  readonly allowPath?: string
  readonly prefix?: string
  readonly userHeader?: string
  readonly forwardAuth?: boolean
  readonly allowOrigin?: string
  readonly timeoutSeconds?: number
  readonly tls?: { readonly cert: string; readonly key: string }
  /** As the tutorials write an upstream: by name. */
  readonly upstreamHost?: string
}

export interface Target extends AsyncDisposable {
  readonly port: number
  readonly users: string
  readonly program: Program
  /** What it wrote so far, its access log included. */
  output(): string
}

export interface TargetKind {
  readonly name: string
  /** The program that has to be there; undefined where it is not. */
  readonly program: string | undefined
  /** As the program itself says it; empty for our own. */
  version(): string
  start(folder: string, users: string, upstreamPort: number, setup?: Setup): Promise<Target>
}

/** Where a probe asks the proxy itself; the guard's own path, which the others are told to answer at. */
export const HEALTH_PATH = '/.htpasswd/health'

function versionOf(program: string, flag: string): string {
  const { stdout, stderr } = spawnSync(findProgram(program) ?? program, [flag], { encoding: 'utf8' })
  return /\d+\.\d+\.\d+/.exec(stdout + stderr)?.[0] ?? ''
}

const bin = fileURLToPath(new URL('../../bin/htpasswd.js', import.meta.url))

async function launch(
  users: string,
  port: number,
  command: string,
  args: readonly string[],
  env = process.env,
): Promise<Target> {
  const program = startProgram(command, args, { env })
  try {
    await untilListening(port, program)
  } catch (error) {
    await program[Symbol.asyncDispose]()
    throw error
  }
  return {
    port,
    users,
    program,
    output: program.output,
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  }
}

export const guardTarget: TargetKind = {
  name: 'htpasswd serve',
  program: process.execPath,
  version: () => '',
  async start(_, users, upstreamPort, setup = {}) {
    const port = await freePort()
    const flags = [
      ['--upstream', `http://${setup.upstreamHost ?? '127.0.0.1'}:${upstreamPort}`],
      ['--listen', `127.0.0.1:${port}`],
      setup.allowPath && ['--allow-path', setup.allowPath],
      setup.prefix && ['--prefix', setup.prefix],
      setup.userHeader && ['--user-header', setup.userHeader],
      setup.forwardAuth && ['--forward-auth'],
      setup.allowOrigin && ['--allow-origin', setup.allowOrigin],
      setup.timeoutSeconds && ['--upstream-timeout', String(setup.timeoutSeconds)],
      setup.tls && ['--tls-cert', setup.tls.cert, '--tls-key', setup.tls.key],
    ]
    return launch(users, port, process.execPath, [bin, 'serve', users, ...flags.flatMap(one => one || [])])
  },
}

/** As careful as nginx's own documentation allows, recipes included; the tutorials' block fails more. */
const nginxTarget: TargetKind = {
  name: 'nginx',
  program: findProgram('nginx'),
  version: () => versionOf('nginx', '-v'),
  async start(folder, users, upstreamPort, setup = {}) {
    const port = await freePort()
    const upstream = `http://${setup.upstreamHost ?? '127.0.0.1'}:${upstreamPort}`
    const path = join(folder, `nginx-${port}.conf`)
    const proxy = `proxy_pass ${upstream}${setup.prefix ? '/' : ''};`
    writeFileSync(
      path,
      `daemon off; worker_processes 1; pid ${folder}/nginx-${port}.pid; error_log stderr; user ${process.getuid?.() === 0 ? 'root' : 'nobody'};
events { worker_connections 4096; }
http {
  log_format plain '$remote_addr $remote_user $request_method $uri $status $body_bytes_sent';
  access_log ${folder}/nginx-${port}.log plain; absolute_redirect off; large_client_header_buffers 8 64k;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(name => `${name}_temp_path ${folder}/nginx-temp-${name};`).join(' ')}
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  server {
    listen 127.0.0.1:${port}${setup.tls ? ' ssl' : ''};
    ${setup.tls ? `ssl_certificate ${setup.tls.cert}; ssl_certificate_key ${setup.tls.key};` : ''}
    client_max_body_size 0; proxy_buffering off; proxy_request_buffering off; proxy_http_version 1.1;
    proxy_read_timeout ${setup.timeoutSeconds ?? 3600}s; proxy_send_timeout 3600s; send_timeout 3600s;
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header Authorization ${setup.forwardAuth ? '$http_authorization' : '""'};
    proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;
    ${setup.userHeader ? `proxy_set_header ${setup.userHeader} $remote_user;` : ''}
    auth_basic "Restricted"; auth_basic_user_file ${users};
    ${setup.allowPath ? `location = ${setup.allowPath} { limit_except GET HEAD { deny all; } auth_basic off; ${proxy} }` : ''}
    location = ${HEALTH_PATH} { auth_basic off; return 200 "ok"; }
    location ${setup.prefix ?? ''}/ { ${setup.allowOrigin ? nginxPreflight(setup.allowOrigin) : ''} ${proxy} }
  }
}
`,
    )
    const target = await launch(users, port, nginxTarget.program ?? 'nginx', ['-c', path, '-p', folder])
    return { ...target, output: () => readFileSync(join(folder, `nginx-${port}.log`), 'utf8') }
  },
}

/** The usual recipe for CORS. */
const nginxPreflight = (origin: string): string => `
      set $asked "$request_method $http_origin";
      if ($asked = "OPTIONS ${origin}") {
        add_header Access-Control-Allow-Origin ${origin}; add_header Access-Control-Allow-Credentials true;
        add_header Access-Control-Allow-Methods $http_access_control_request_method;
        add_header Access-Control-Allow-Headers $http_access_control_request_headers; return 204;
      }`

/** Caddy knows no password file: its users are written into its configuration. */
const caddyTarget: TargetKind = {
  name: 'Caddy',
  program: findProgram('caddy'),
  version: () => versionOf('caddy', 'version'),
  async start(folder, users, upstreamPort, setup = {}) {
    const port = await freePort()
    const upstream = `${setup.upstreamHost ?? '127.0.0.1'}:${upstreamPort}`
    const path = join(folder, `Caddyfile-${port}`)
    const records = readFileSync(users, 'utf8')
      .split('\n')
      .filter(line => line.includes(':'))
    const accounts = records.map(line => {
      const [user = '', hash = ''] = line.split(':')
      return `${user} ${Buffer.from(hash).toString('base64')}`
    })
    const auth = setup.allowPath
      ? `@guarded not {
    path ${setup.allowPath}
    method GET HEAD
  }
  basicauth @guarded bcrypt`
      : 'basicauth /* bcrypt'
    const preflight = setup.allowOrigin && caddyPreflight(setup.allowOrigin)
    const site = `handle ${HEALTH_PATH} {
    respond ok
  }
  ${preflight ?? ''}
  handle {
  ${auth} {
    ${accounts.join('\n    ')}
  }
  reverse_proxy ${upstream} {
    header_up Host {upstream_hostport}
    header_up X-Forwarded-For {remote_host}
    ${setup.forwardAuth ? '' : 'header_up -Authorization'}
    ${setup.userHeader ? `header_up ${setup.userHeader} {http.auth.user.id}` : ''}
    ${setup.timeoutSeconds ? `transport http {\n      response_header_timeout ${setup.timeoutSeconds}s\n    }` : ''}
  }
  }`
    writeFileSync(
      path,
      `{
  admin off
  auto_https off
  storage file_system ${folder}/caddy
}
${setup.tls ? 'https' : 'http'}://:${port} {
  bind 127.0.0.1
  log {
    output stdout
    format filter {
      wrap json
      fields {
        request>uri regexp "\\?.*" ""
      }
    }
  }
  ${setup.tls ? `tls ${setup.tls.cert} ${setup.tls.key}` : ''}
  ${setup.prefix ? `redir ${setup.prefix} ${setup.prefix}/ 308\n  handle_path ${setup.prefix}/* {\n  ${site}\n  }` : site}
}
`,
    )
    return launch(
      users,
      port,
      caddyTarget.program ?? 'caddy',
      ['run', '--config', path, '--adapter', 'caddyfile'],
      {
        ...process.env,
        XDG_CONFIG_HOME: folder,
      },
    )
  },
}

const caddyPreflight = (origin: string): string => `@preflight {
    method OPTIONS
    header Origin ${origin}
  }
  handle @preflight {
    header Access-Control-Allow-Origin ${origin}
    header Access-Control-Allow-Credentials true
    header Access-Control-Allow-Methods {header.Access-Control-Request-Method}
    header Access-Control-Allow-Headers {header.Access-Control-Request-Headers}
    respond 204
  }`

export const targets: readonly TargetKind[] = [guardTarget, nginxTarget, caddyTarget]
