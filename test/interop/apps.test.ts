// Real apps behind `htpasswd serve`, each row of docs/apps.md with the options that it names.
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import WebSocket from 'ws'
import { hashPassword } from '../../src/hash/hash-password.ts'
import {
  findProgram,
  freePort,
  type Program,
  skipReason,
  startProgram,
  untilListening,
} from '../support/outside-program.ts'
import { type Answer, type Ask, ask, basic } from '../support/raw-client.ts'

const root = join(import.meta.dirname, '../..')
const bin = join(root, 'bin/htpasswd.js')
const folders = ['.cache/apps/bin', '.cache/mlflow/bin', '.cache/node-red/node_modules/.bin'].map(folder =>
  join(root, folder),
)
const PATH = [...folders, process.env.PATH].join(delimiter)
/** The program of a row's command, in the environments that .ci/run makes or on the PATH. */
const programOf = (name: string): string | undefined =>
  folders.map(folder => join(folder, name)).find(path => existsSync(path)) ?? findProgram(name)

const page = readFileSync(join(root, 'docs/apps.md'), 'utf8').replaceAll('\r\n', '\n')
const rows = [...page.matchAll(/^\| (?!app |--)(.*) \|$/gm)]
  .map(([, line = '']) => line)
  .map(line => {
    const [app = '', command = '', options = ''] = line
      .split('|')
      .map(cell => cell.trim().replaceAll('`', ''))
    return { app, command, options: options === 'none' ? [] : options.split(' ') }
  })

/** What a check asks of the app through the guard, with the login. */
interface Guarded {
  readonly address: string
  get(path: string, headers?: Ask['headers']): Promise<Answer>
  send(method: string, path: string, body?: string | Buffer, headers?: Ask['headers']): Promise<Answer>
  webSocket(path: string): Promise<void>
}

interface App {
  /** Files of the app's folder. */
  readonly files?: Record<string, string>
  readonly env?: Record<string, string>
  /** What it wants where root runs it, as in CI. */
  readonly forRoot?: readonly string[]
  /** A page that answers 200. */
  readonly page: string
  readonly check: (guarded: Guarded) => Promise<void>
}

const json = [['Content-Type', 'application/json']] as const
const form = [['Content-Type', 'application/x-www-form-urlencoded']] as const

const apps: Record<string, App> = {
  MLflow: {
    page: '/',
    async check({ send, address }) {
      const body = JSON.stringify({ max_results: 10 })
      const headers = [...json, ['Origin', address], ['Sec-Fetch-Site', 'same-origin']] as const
      const found = await send('POST', '/ajax-api/2.0/mlflow/experiments/search', body, headers)
      expect(found.text).toContain('"Default"')
    },
  },
  Jupyter: {
    files: { 'hello.txt': 'hello from a file' },
    forRoot: ['--allow-root'],
    page: '/lab',
    async check({ get, address, webSocket }) {
      const file = await get('/files/hello.txt', [['Referer', `${address}/lab`]])
      expect([file.status, file.text]).toEqual([200, 'hello from a file'])
      await webSocket('/api/events/subscribe')
    },
  },
  Gradio: {
    files: {
      'app.py': `import gradio
demo = gradio.Interface(lambda name: f"hello {name}", "text", "text", api_name="greet")
demo.launch(server_name="127.0.0.1", server_port=7860)
`,
    },
    env: { GRADIO_ANALYTICS_ENABLED: 'False', HF_HUB_OFFLINE: '1' },
    page: '/',
    async check({ get, send, address }) {
      expect((await get('/config')).text).toContain(`"root":"${address}"`)
      const call = await send('POST', '/gradio_api/call/greet', '{"data":["ann"]}', json)
      const { event_id } = JSON.parse(call.text) as { event_id: string }
      expect((await get(`/gradio_api/call/greet/${event_id}`)).text).toContain('hello ann')
    },
  },
  Streamlit: {
    files: { 'app.py': 'import streamlit\nstreamlit.write("hello")\n' },
    env: { STREAMLIT_BROWSER_GATHER_USAGE_STATS: 'false' },
    page: '/',
    check: ({ webSocket }) => webSocket('/_stcore/stream'),
  },
  TensorBoard: {
    page: '/',
    async check({ get }) {
      expect((await get('/data/environment')).text).toContain('"version"')
    },
  },
  marimo: {
    files: {
      'app.py': `import marimo
app = marimo.App()
@app.cell
def _():
    "hello"
    return
if __name__ == "__main__":
    app.run()
`,
    },
    page: '/',
    check: ({ webSocket }) => webSocket('/ws?session_id=s_abc123'),
  },
  Prefect: {
    env: {
      PREFECT_UI_API_URL: '/api',
      PREFECT_SERVER_ANALYTICS_ENABLED: 'false',
      PREFECT_SERVER_ALLOW_EPHEMERAL_MODE: 'false',
    },
    page: '/api/health',
    async check({ get, send }) {
      expect((await send('POST', '/api/flows/', '{"name":"hello"}', json)).text).toContain('"name":"hello"')
      expect((await get('/ui-settings')).text).toContain('"/api"')
    },
  },
  Datasette: {
    files: {
      'metadata.json': JSON.stringify({
        databases: { data: { queries: { add: { sql: 'insert into t values (:a)', write: true } } } },
      }),
    },
    page: '/',
    async check({ get, send }) {
      // the browser names no origin for a form of a page with this policy, but says that it is the same site's
      const headers = [...form, ['Origin', 'null'], ['Sec-Fetch-Site', 'same-origin']] as const
      const pageOfForm = await get('/data/add')
      const cookie = String(pageOfForm.headers['set-cookie'] ?? '').split(';')[0] ?? ''
      const token = /name="csrftoken" value="([^"]*)"/.exec(pageOfForm.text)?.[1] ?? ''
      const sent = await send('POST', '/data/add', `a=7&csrftoken=${token}`, [...headers, ['Cookie', cookie]])
      expect([200, 302]).toContain(sent.status)
      const { link } = (await get('/data/t.json?_size=1')).headers
      expect(link).toMatch(/^<\/data\/t\.json\?_size=1&_next=1>/)
    },
  },
  'Node-RED': {
    page: '/',
    async check({ send, webSocket }) {
      await webSocket('/comms')
      const deployed = await send('POST', '/flows', '[{"id":"1","type":"tab","label":"hello"}]', json)
      expect(deployed.status).toBe(204)
    },
  },
  'Docker registry': {
    files: {
      'registry.yml': `version: 0.1
storage: { filesystem: { rootdirectory: ./data }, delete: { enabled: true } }
http: { addr: "127.0.0.1:5001" }
`,
    },
    page: '/v2/',
    async check({ send, address }) {
      const started = await send('POST', '/v2/hello/blobs/uploads/')
      const location = new URL(started.headers.location ?? '', address)
      expect(location.origin).toBe(address)
      // the digest of no bytes
      location.searchParams.set(
        'digest',
        'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      )
      const pushed = await send('PUT', location.pathname + location.search)
      expect(pushed.status).toBe(201)
    },
  },
  'WebDAV (WsgiDAV)': {
    page: '/',
    async check({ get, send, address }) {
      expect((await send('PUT', '/a.txt', 'hello')).status).toBe(201)
      expect((await send('MOVE', '/a.txt', undefined, [['Destination', `${address}/b.txt`]])).status).toBe(
        201,
      )
      expect((await get('/b.txt')).text).toBe('hello')
    },
  },
}

const isRoot = process.getuid?.() === 0
const PASSWORD = 'gardenia-71'
const login = basic('ann', PASSWORD)
const scratch = mkdtempSync(join(tmpdir(), 'apps-'))
const running: Program[] = []
beforeAll(async () => {
  writeFileSync(join(scratch, 'users'), `ann:${await hashPassword(PASSWORD, { cost: 5 })}\n`)
})
afterEach(async () => {
  for (const program of running.splice(0)) await program[Symbol.asyncDispose]()
})
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

function start(command: readonly string[], cwd: string, env: Record<string, string> = {}): Program {
  const [program = '', ...args] = command
  const started = startProgram(program, args, { cwd, env: { ...process.env, PATH, HOME: cwd, ...env } })
  running.push(started)
  return started
}

function through(port: number): Guarded {
  const address = `http://127.0.0.1:${port}`
  return {
    address,
    get: (path, headers = []) => ask({ port, path, headers: [login, ...headers] }),
    send: (method, path, body = '', headers = []) =>
      ask({
        port,
        method,
        path,
        body,
        headers: [login, ['Content-Length', String(Buffer.byteLength(body))], ...headers],
      }),
    async webSocket(path) {
      const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, {
        headers: Object.fromEntries([login]),
        origin: address,
      })
      await once(socket, 'open')
      socket.terminate()
    },
  }
}

test('every row has its check', () => {
  expect(rows.map(({ app }) => app)).toEqual(Object.keys(apps))
})

for (const { app, command, options } of rows) {
  const { files = {}, env, forRoot = [], page: path, check } = apps[app] as App
  const [name = '', ...words] = command.replaceAll("''", '').split(' ')
  // an app that is a Python file runs in the environment of the apps
  const program =
    name === 'python' ? programOf('gradio') && join(folders[0] as string, name) : programOf(name)
  const reason = process.platform === 'win32' ? 'needs POSIX' : skipReason({ [name]: program })

  test.skipIf(reason)(app, async () => {
    const [appPort, port] = [await freePort(), await freePort()]
    const folder = join(scratch, app.replace(/\W/g, ''))
    mkdirSync(folder)
    // the port of the command, or of the file that it reads
    const standard =
      /\b(\d{4})\b/.exec(words.join(' '))?.[1] ??
      /\b(7860|5001)\b/.exec(Object.values(files).join())?.[1] ??
      ''
    const withPort = (text: string): string => text.replace(standard, String(appPort))
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), withPort(text))
    if (app === 'Datasette') {
      const script =
        "import sqlite3; d = sqlite3.connect('data.db'); d.execute('create table t (a integer primary key)'); d.executemany('insert into t values (?)', [(i,) for i in range(1, 4)]); d.commit()"
      expect(await start([join(folders[0] as string, 'python'), '-c', script], folder).ended).toBe(0)
    }
    const started = start(
      [program as string, ...words.map(withPort), ...(isRoot ? forRoot : [])],
      folder,
      env,
    )
    await untilListening(appPort, started, 3600)
    const guard = start(
      [
        process.execPath,
        bin,
        'serve',
        'users',
        '--upstream',
        `http://127.0.0.1:${appPort}`,
        '--listen',
        `127.0.0.1:${port}`,
        ...options,
      ],
      scratch,
    )
    await untilListening(port, guard)
    expect((await ask({ port, path })).status).toBe(401)
    const guarded = through(port)
    expect((await guarded.get(path)).status).toBe(200)
    await check(guarded)
  })
}
