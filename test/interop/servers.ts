// Real servers in front of a folder that only users of a password file may read; started on a free port, always stopped.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { findProgram, freePort } from '../support/outside-program.ts'

const configurations = {
  nginx: (folder: string, port: number, file: string) => ({
    command: ['nginx', '-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')],
    name: 'nginx.conf',
    text: `daemon off; pid ${folder}/nginx.pid; worker_processes 1; user root; events {}
http { access_log off; client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f;
  uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  server { listen 127.0.0.1:${port}; root ${folder}/www; auth_basic "x"; auth_basic_user_file ${file}; } }`,
  }),
  apache2: (folder: string, port: number, file: string) => ({
    command: ['apache2', '-DFOREGROUND', '-f', join(folder, 'httpd.conf')],
    name: 'httpd.conf',
    text: `ServerRoot ${folder}
ServerName localhost
Listen 127.0.0.1:${port}
PidFile ${folder}/httpd.pid
Mutex file:${folder}
ErrorLog ${folder}/error.log
User nobody
Group nogroup
LoadModule mpm_prefork_module /usr/lib/apache2/modules/mod_mpm_prefork.so
LoadModule authn_core_module /usr/lib/apache2/modules/mod_authn_core.so
LoadModule authn_file_module /usr/lib/apache2/modules/mod_authn_file.so
LoadModule auth_basic_module /usr/lib/apache2/modules/mod_auth_basic.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule authz_user_module /usr/lib/apache2/modules/mod_authz_user.so
DocumentRoot ${folder}/www
StartServers 1
<Directory ${folder}/www>
  AuthType Basic
  AuthName x
  AuthUserFile ${file}
  Require valid-user
</Directory>`,
  }),
  lighttpd: (folder: string, port: number, file: string) => ({
    command: ['lighttpd', '-D', '-f', join(folder, 'lighttpd.conf')],
    name: 'lighttpd.conf',
    text: `server.port = ${port}
server.bind = "127.0.0.1"
server.document-root = "${folder}/www"
server.errorlog = "${folder}/error.log"
server.modules = ("mod_auth", "mod_authn_file")
auth.backend = "htpasswd"
auth.backend.htpasswd.userfile = "${file}"
auth.require = ("/" => ("method" => "basic", "realm" => "x", "require" => "valid-user"))
`,
  }),
  // Caddy and HAProxy read no password file; their configuration has the records
  caddy: (folder: string, port: number, file: string) => ({
    command: ['caddy', 'run', '--adapter', 'caddyfile', '--config', join(folder, 'Caddyfile')],
    name: 'Caddyfile',
    text: `{
  admin off
}
http://127.0.0.1:${port} {
  basicauth {
${recordsOf(file, (user, hash) => `    ${user} ${hash}`)}
  }
  respond in
}`,
  }),
  haproxy: (folder: string, port: number, file: string) => ({
    command: ['haproxy', '-db', '-f', join(folder, 'haproxy.cfg')],
    name: 'haproxy.cfg',
    text: `defaults
  mode http
  timeout client 9s
  timeout server 9s
  timeout connect 9s
userlist users
${recordsOf(file, (user, hash) => `  user ${user} password ${hash}`)}
frontend front
  bind 127.0.0.1:${port}
  http-request auth unless { http_auth(users) }
  http-request return status 200
`,
  }),
  'docker-registry': (folder: string, port: number, file: string) => ({
    command: ['docker-registry', 'serve', join(folder, 'registry.yml')],
    name: 'registry.yml',
    text: `version: 0.1
http: { addr: "127.0.0.1:${port}" }
storage: { filesystem: { rootdirectory: "${folder}" } }
auth: { htpasswd: { realm: x, path: "${file}" } }
`,
    path: '/v2/',
  }),
}

const recordsOf = (file: string, write: (user: string, hash: string) => string): string =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => write(...(line.split(':') as [string, string])))
    .join('\n')

export type ProgramName = keyof typeof configurations

interface Configuration {
  readonly command: readonly string[]
  /** Of the file that holds the text. */
  readonly name: string
  readonly text: string
  readonly path?: string
}

const makeConfiguration = (name: ProgramName, folder: string, port: number, file: string): Configuration =>
  configurations[name](folder, port, file)

/** A running server; `login` asks it for a page and gives the status. */
export interface Server {
  login(user: string, password: string | Buffer): Promise<number>
  stop(): Promise<void>
}

/** Starts one and waits until it answers. */
export async function startServer(name: ProgramName, folder: string, file: string): Promise<Server> {
  const port = await freePort()
  const { command, name: fileName, text, path = '/page.txt' } = makeConfiguration(name, folder, port, file)
  mkdirSync(join(folder, 'www'), { recursive: true })
  writeFileSync(join(folder, 'www', 'page.txt'), 'in')
  writeFileSync(join(folder, fileName), text)
  const [program = '', ...words] = command
  // in a process group of its own, for apache2 sends its whole group the signal that ends it
  const child = spawn(findProgram(program) ?? program, words, {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  })
  const kill = (): boolean => child.kill('SIGTERM')
  process.once('exit', kill)
  let said = ''
  child.stderr.on('data', data => {
    said += data
  })
  const login = async (user: string, password: string | Buffer): Promise<number> => {
    const credentials = Buffer.concat([Buffer.from(`${user}:`), Buffer.from(password as string)]).toString(
      'base64',
    )
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      headers: { authorization: `Basic ${credentials}` },
    })
    await response.arrayBuffer()
    return response.status
  }
  for (let attempt = 0; ; attempt++) {
    const status = await login('', '').catch(() => undefined)
    if (status !== undefined) break
    if (attempt === 200 || child.exitCode !== null) throw new Error(`${name} does not start: ${said}`)
    await delay(25)
  }
  const stop = async (): Promise<void> => {
    const ended = child.exitCode === null ? once(child, 'exit') : undefined
    kill()
    await ended
    process.off('exit', kill)
  }
  return { login, stop }
}
