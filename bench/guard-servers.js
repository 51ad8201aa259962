// The servers that the guard is compared with: all with the same password file and upstream, one process each.
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { dirname, join } from 'node:path'

const root = dirname(import.meta.dirname)
const TICKS_PER_SECOND = 100

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const { port } = server.address()
  await new Promise(resolve => server.close(resolve))
  return port
}

export async function start(name, port, command, args, env = process.env) {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], env })
  let output = ''
  child.stderr.setEncoding('utf8').on('data', text => {
    output = (output + text).slice(-4000)
  })
  const onExit = () => child.kill('SIGKILL')
  process.once('exit', onExit)
  child.once('exit', () => process.off('exit', onExit))
  for (let attempt = 0; attempt < 1200 && child.exitCode === null; attempt++) {
    if (await accepts(port)) {
      // for the error message: whether it still ran, and what it printed last
      const state = () => `${child.exitCode ?? child.signalCode ?? 'running'} ${output}`
      return { name, port, pid: child.pid, state, stop: () => stop(child) }
    }
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  throw new Error(`${name} did not start: ${output}`)
}

function accepts(port) {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    const finish = result => () => {
      socket.destroy()
      resolve(result)
    }
    socket.once('connect', finish(true)).once('error', finish(false))
  })
}

async function stop(child) {
  const gone =
    child.exitCode === null && child.signalCode === null
      ? new Promise(resolve => child.once('exit', resolve))
      : undefined
  child.kill('SIGTERM')
  await gone
}

/** nginx with a fixed response, the fastest upstream available. */
export async function startUpstream(folder) {
  const port = await freePort()
  const path = join(folder, 'upstream.conf')
  writeFileSync(
    path,
    `daemon off; worker_processes 1; pid ${folder}/upstream.pid; error_log stderr; user root;
events { worker_connections 4096; }
http { access_log off; ${temporary(folder)} client_max_body_size 0; sendfile on; keepalive_requests 100000000;
  server { listen 127.0.0.1:${port}; root ${folder}; location = /hello { return 200 "hello world\\n"; } location /api/ { return 200 "hello world\\n"; } location = /version { return 200 "3\\n"; } } }
`,
  )
  return start('upstream', port, 'nginx', ['-c', path, '-p', folder])
}

const temporary = folder =>
  ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map(name => `${name}_temp_path ${folder}/${name};`)
    .join(' ')

/**
 * @param more further options of serve.
 * @param package_ the folder of the package that is started.
 */
export async function startGuard(users, upstream, more = [], package_ = root) {
  const port = await freePort()
  const args = [
    join(package_, 'bin/htpasswd.js'),
    'serve',
    users,
    '--upstream',
    `http://127.0.0.1:${upstream}`,
    '--listen',
    `127.0.0.1:${port}`,
    '--log',
    'off',
    ...more,
  ]
  return start('guard', port, process.execPath, args)
}

export async function startNginx(folder, users, upstream) {
  const port = await freePort()
  const path = join(folder, `nginx-${port}.conf`)
  writeFileSync(
    path,
    `daemon off; worker_processes 1; pid ${folder}/nginx-${port}.pid; error_log stderr; user root;
events { worker_connections 4096; }
http { access_log off; ${temporary(folder)} client_max_body_size 0; proxy_buffering off; proxy_request_buffering off; keepalive_requests 100000000;
  upstream app { server 127.0.0.1:${upstream}; keepalive 64; keepalive_requests 100000000; }
  server { listen 127.0.0.1:${port}; auth_basic "x"; auth_basic_user_file ${users};
    location / { proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Authorization ""; proxy_read_timeout 3600s; } } }
`,
  )
  return start('nginx', port, 'nginx', ['-c', path, '-p', folder])
}

/** Only for bcrypt, Caddy's only format; with its cache of verified passwords. */
export async function startCaddy(folder, users, upstream) {
  const port = await freePort()
  const path = join(folder, `Caddyfile-${port}`)
  const accounts = readFileSync(users, 'utf8')
    .split('\n')
    .filter(line => line.includes(':$2'))
  const lines = accounts.map(
    line => `${line.split(':')[0]} ${Buffer.from(line.split(':')[1]).toString('base64')}`,
  )
  writeFileSync(
    path,
    `{\n  admin off\n  auto_https off\n  storage file_system ${folder}/caddy\n}
http://:${port} {\n  bind 127.0.0.1\n  basicauth /* bcrypt {\n    ${lines.join('\n    ')}\n  }\n  reverse_proxy 127.0.0.1:${upstream} {\n    header_up -Authorization\n  }\n}\n`,
  )
  return start('caddy', port, 'caddy', ['run', '--config', path, '--adapter', 'caddyfile'], {
    ...process.env,
    XDG_CONFIG_HOME: folder,
    GOMAXPROCS: '1',
  })
}

/** The lower bound for any proxy in Node: a server with a fixed response. */
export async function startHello() {
  const port = await freePort()
  const code = `require('http').createServer((q, r) => r.end('hello world\\n')).listen(${port}, '127.0.0.1')`
  return start('node hello', port, process.execPath, ['-e', code])
}

/** A process and its children. */
function family(pid) {
  const all = readdirSync('/proc').filter(name => /^\d+$/.test(name))
  const children = all.filter(id => fieldsOf(id)?.[1] === String(pid))
  return [String(pid), ...children.flatMap(child => family(child))]
}

/** The fields of proc_pid_stat(5) after the name: state, parent … */
function fieldsOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

/** CPU seconds used by a server and its children. */
export const cpuSeconds = pid =>
  family(pid).reduce((sum, id) => {
    const fields = fieldsOf(id)
    return fields ? sum + (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND : sum
  }, 0)

/** Resident memory of a server and its children, in MB. */
export const residentMegabytes = pid =>
  family(pid).reduce(
    (sum, id) =>
      sum + Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0) / 1024,
    0,
  )
