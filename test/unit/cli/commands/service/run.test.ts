// The command itself: what it shows, what it writes and runs, how it ends.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ServiceProcess, service } from '../../../../../src/cli/commands/service/run.ts'
import { recordedIo } from '../../../../support/recorded-io.ts'

let folder: string
let ran: string[]
/** Exit statuses by the beginning of a command; 0 for the others. */
let statuses: Record<string, number | undefined>
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'service-'))
  writeFileSync(join(folder, 'users'), 'a:b\n')
  ran = []
  statuses = {}
})
afterEach(() => rmSync(folder, { recursive: true }))

async function call(words: string[], platform: NodeJS.Platform = 'linux') {
  const uid = platform === 'win32' ? undefined : 1000
  const io = recordedIo({ platform })
  const host: ServiceProcess = {
    env: { XDG_CONFIG_HOME: join(folder, 'config'), LOCALAPPDATA: folder, USERNAME: 'ann' },
    home: folder,
    uid,
    folder,
    self: ['/node', '/htpasswd.js'],
    run: command => {
      const line = command.join(' ')
      ran.push(line)
      const known = Object.keys(statuses).find(begin => line.startsWith(begin))
      return known === undefined ? 0 : statuses[known]
    },
  }
  return { status: await service(words, io, host), ...io.said }
}
const install = ['install', 'users', '--upstream', 'http://127.0.0.1:5000', '--user']
const unit = () => join(folder, 'config', 'systemd', 'user', 'htpasswd-serve.service')

test('install writes the file, then runs the commands', async () => {
  expect(await call(install)).toEqual({
    status: 0,
    out: '',
    err: 'htpasswd-serve is installed and started\nit runs while you are logged in; to keep it running: loginctl enable-linger\n',
  })
  expect(readFileSync(unit(), 'utf8')).toContain(`"/node" "/htpasswd.js" "serve" "${join(folder, 'users')}"`)
  expect(ran[0]).toBe('systemctl --user daemon-reload')
  expect(ran).toHaveLength(3)
})

test('--print writes and runs nothing', async () => {
  const { status, out, err } = await call([...install, '--print'])
  expect({ status, ran, there: existsSync(unit()) }).toEqual({ status: 0, ran: [], there: false })
  expect(out).toContain('[Service]')
  expect(err).toContain(`would write this to ${unit()}\nwould run: systemctl --user daemon-reload\n`)
})

test('--print shows the task of Windows as text', async () => {
  const { out } = await call([...install, '--print'], 'win32')
  expect(out).toMatch(/^<\?xml .*<LogonTrigger>.*<\/Task>\n$/s)
})

test('uninstall takes the file away, whether or not the service ran', async () => {
  await call(install)
  statuses['systemctl --user disable'] = 1
  expect(await call(['uninstall', '--user'])).toMatchObject({
    status: 0,
    err: 'htpasswd-serve is uninstalled\n',
  })
  expect(existsSync(unit())).toBe(false)
  expect(ran.slice(3)).toEqual([
    'systemctl --user disable --now htpasswd-serve',
    'systemctl --user daemon-reload',
  ])
})

test.each([
  ['start', 'htpasswd-serve is started\n'],
  ['stop', 'htpasswd-serve is stopped\n'],
  ['restart', 'htpasswd-serve is started again\n'],
])('%s runs one command', async (action, message) => {
  expect(await call([action, '--user'])).toEqual({ status: 0, out: '', err: message })
  expect(ran).toEqual([`systemctl --user ${action} htpasswd-serve`])
  statuses.systemctl = 5
  expect((await call([action, '--user'])).status).toBe(1)
})

test('logs prints what the manager has; only it takes --follow', async () => {
  expect(await call(['logs', '--user', '--follow'])).toEqual({ status: 0, out: '', err: '' })
  expect(ran).toEqual(['journalctl --user-unit htpasswd-serve --no-pager -n 100 -f'])
  expect(await call(['status', '--follow'])).toMatchObject({
    status: 2,
    err: expect.stringContaining('got --follow'),
  })
})

test('a failed installation leaves nothing behind', async () => {
  statuses['systemctl --user restart'] = 1
  expect((await call(install)).status).toBe(1)
  expect(existsSync(unit())).toBe(false)
  expect(ran.slice(3)).toEqual([
    'systemctl --user disable --now htpasswd-serve',
    'systemctl --user daemon-reload',
  ])
})

test('a failed installation over another one brings that back', async () => {
  await call(install)
  const before = readFileSync(unit(), 'utf8')
  statuses['systemctl --user restart'] = 1
  await call(['install', 'users', '--upstream', 'http://127.0.0.1:6000', '--user'])
  expect(readFileSync(unit(), 'utf8')).toBe(before)
})

test('uninstall takes the file away also where there is no manager to talk to', async () => {
  await call(install)
  statuses = { systemctl: 1 }
  expect((await call(['uninstall', '--user'])).status).toBe(0)
  expect(existsSync(unit())).toBe(false)
})

test('uninstall --print says what would go', async () => {
  expect(await call(['uninstall', '--user', '--print'])).toMatchObject({
    out: '',
    err: expect.stringMatching(/^would delete .*htpasswd-serve.service\nwould run: systemctl --user disable/),
  })
})

test.each([
  [0, 0],
  [3, 1],
  [4, 1],
])('status: where the manager ends with %i, we end with %i', async (theirs, ours) => {
  statuses['systemctl --no-pager status'] = theirs
  expect(await call(['status'])).toEqual({ status: ours, out: '', err: '' })
})

test('for the machine it takes root, and says how', async () => {
  const { status, err } = await call([...install.slice(0, -1)].concat('--name', 'x'), 'darwin')
  expect(status).toBe(1)
  expect(err).toBe(
    'htpasswd service: the guard must not run as root: log in as the account that it should run as, ' +
      'and run this with sudo\n',
  )
  const removal = await call(['uninstall'])
  expect(removal).toMatchObject({
    status: 1,
    err: 'htpasswd service: a service of the whole machine needs root; run: sudo /node /htpasswd.js service …, or add --user for a service of your account\n',
  })
  expect(ran).toEqual([])
})

test('a command that fails or is missing is named', async () => {
  statuses['systemctl --user enable'] = 5
  expect(await call(install)).toMatchObject({
    status: 1,
    err: 'htpasswd service: systemctl ended with status 5, see its message above\n',
  })
  statuses = { systemctl: undefined }
  expect((await call(install)).err).toContain('expected systemctl on this system, found none; --print shows')
  expect((await call(['status'])).err).toContain('expected systemctl on this system, found none')
  statuses = { 'schtasks /create': 1 }
  const windows = await call(install.slice(0, -1), 'win32')
  expect(windows.err).toContain(
    'schtasks ended with status 1, see its message above; run it as administrator',
  )
})

test('a file that cannot be written is named', async () => {
  writeFileSync(join(folder, 'config'), '')
  expect(await call(install)).toMatchObject({
    status: 1,
    err: expect.stringContaining(`cannot write ${unit()}: `),
  })
})

test('other systems are told so', async () => {
  expect(await call(install, 'freebsd')).toMatchObject({
    status: 2,
    err: expect.stringContaining(
      'services are supported on Linux with systemd, macOS and Windows, not on freebsd',
    ),
  })
})
