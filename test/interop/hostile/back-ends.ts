// The servers behind the guard: each runs an app that prints what it was asked, one line a request.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram, type Program, startProgram, untilListening } from '../../support/outside-program.ts'

/** A request as a back end saw it, a character a byte. */
export interface SeenRequest {
  readonly method: string
  readonly target: string
  /** Names in lower case with hyphens, as behind CGI. */
  readonly headers: readonly (readonly [name: string, value: string])[]
}

export interface BackEnd {
  readonly name: string
  /** The program that is missing where the back end is skipped. */
  readonly program: string | undefined
  start(port: number, folder: string): Promise<Program>
  read(output: string): SeenRequest[]
}

const root = join(import.meta.dirname, '../../..')

const readJson = (output: string): SeenRequest[] =>
  output
    .split('\n')
    .filter(line => line.startsWith('{'))
    .map(line => {
      const { method, target, headers } = JSON.parse(line) as SeenRequest
      const plain = headers.map(([name, value]) => [name.toLowerCase().replaceAll('_', '-'), value] as const)
      return { method, target, headers: plain }
    })

async function started(port: number, command: string, args: readonly string[]): Promise<Program> {
  const program = startProgram(command, args, { cwd: import.meta.dirname })
  await untilListening(port, program)
  return program
}

/** A server of the environment that .ci/run makes. */
function python(name: string, program: string, args: (port: number) => string[]): BackEnd {
  const path = join(root, '.cache/backends/bin', program)
  return {
    name,
    program: existsSync(path) ? path : undefined,
    start: port => started(port, path, args(port)),
    read: readJson,
  }
}

const uvicorn = (http: string) => (port: number) => [
  'app:asgi',
  '--port',
  `${port}`,
  '--http',
  http,
  '--log-level',
  'critical',
  '--no-access-log',
]

const go = findProgram('go') ?? (existsSync('/usr/local/go/bin/go') ? '/usr/local/go/bin/go' : undefined)

const nginxFields = ['request_method', 'request_uri', 'http_x_forwarded_user', 'http_x_forwarded_for']
const nginxNames = ['x-forwarded-user', 'x-forwarded-for', 'authorization', 'x-run']
const nginxConfiguration = (port: number, folder: string): string => {
  const fields = [...nginxFields, 'http_authorization', 'http_x_run'].map(name => `$${name}`).join('\t')
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    name => `${name}_temp_path ${folder}/${name};`,
  )
  return `daemon off; pid ${folder}/nginx.pid; worker_processes 1; error_log /dev/null; events {}
http { ${places.join(' ')} large_client_header_buffers 16 64k; underscores_in_headers on; merge_slashes off;
  log_format seen 'SEEN\t${fields}'; access_log off;
  server { listen 127.0.0.1:${port}; location / {
    access_log ${folder}/seen seen; return 200 '$request_method $request_uri\n'; } } }`
}

/** nginx writes what is not printable as \xHH. */
const decodeHex = (text: string): string =>
  text.replaceAll(/\\x([0-9A-F]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  )

const nginx: BackEnd = {
  name: 'nginx',
  program: findProgram('nginx'),
  async start(port, folder) {
    const own = join(folder, 'nginx')
    mkdirSync(own)
    writeFileSync(join(own, 'nginx.conf'), nginxConfiguration(port, own))
    const program = await started(port, 'nginx', [
      '-p',
      own,
      '-c',
      join(own, 'nginx.conf'),
      '-e',
      '/dev/null',
    ])
    return { ...program, output: () => readFileSync(join(own, 'seen'), 'latin1') }
  },
  read: output =>
    output
      .split('\n')
      .filter(line => line.startsWith('SEEN\t'))
      .map(line => {
        const [, method = '', target = '', ...values] = line.split('\t').map(decodeHex)
        const headers = nginxNames.map((name, i) => [name, values[i] ?? '-'] as const)
        return { method, target, headers: headers.filter(([, value]) => value !== '-') }
      }),
}

export const backEnds: readonly BackEnd[] = [
  python('uvicorn with h11', 'uvicorn', uvicorn('h11')),
  python('uvicorn with httptools', 'uvicorn', uvicorn('httptools')),
  python('hypercorn', 'hypercorn', port => [
    'app:asgi',
    '--bind',
    `127.0.0.1:${port}`,
    '--log-level',
    'CRITICAL',
  ]),
  python('gunicorn', 'gunicorn', port => [
    ...['app:wsgi', '--bind', `127.0.0.1:${port}`, '--worker-class', 'gthread', '--threads', '16'],
    ...['--keep-alive', '60', '--log-level', 'critical'],
  ]),
  python('waitress', 'waitress-serve', port => [
    `--listen=127.0.0.1:${port}`,
    '--threads=16',
    '--no-clear-untrusted-proxy-headers',
    'app:wsgi',
  ]),
  {
    name: 'Go',
    program: go,
    async start(port, folder) {
      const program = join(folder, 'app')
      execFileSync(go ?? '', ['build', '-o', program, join(import.meta.dirname, 'app.go')])
      return started(port, program, [`${port}`])
    },
    read: readJson,
  },
  nginx,
]
