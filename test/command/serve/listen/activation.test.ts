// Socket activation: systemd opens the socket and passes it as descriptor 3.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { activatedSockets } from '../../../../src/cli/commands/serve/listen/port.ts'
import { ask } from '../../../support/raw-client.ts'

const bin = fileURLToPath(new URL('../../../../bin/htpasswd.js', import.meta.url))

test.each([
  [{ LISTEN_FDS: '1', LISTEN_PID: '7' }, [3]],
  [{ LISTEN_FDS: '2', LISTEN_PID: '6' }, [3, 4]],
  [{ LISTEN_FDS: '1', LISTEN_PID: '8' }, []],
  [{ LISTEN_PID: '7' }, []],
  [{ LISTEN_FDS: '1' }, []],
])('%j: %j', (env, descriptors) => expect(activatedSockets({ env, pid: 7, ppid: 6 })).toEqual(descriptors))

test.skipIf(process.platform === 'win32')(
  'the guard listens on the socket, and warns of a proxy once',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'serve-activation-'))
    writeFileSync(join(folder, 'users'), 'ann:{SHA}nU4eI71bcnBGqeO0t9tXvY1u5oQ=\n')
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const { fd } = (server as unknown as { _handle: { fd: number } })._handle
    const script = 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"'
    const command = [process.execPath, bin, 'serve', 'users', '--demo']
    const child = spawn('sh', ['-c', script, 'sh', ...command], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe', fd],
    })
    let output = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    try {
      while (!output.includes('Guarding')) await once(child.stderr as never, 'data')
      // only the guard accepts from now on
      server.close()
      const headers = [['X-Forwarded-For', '192.0.2.1']] as const
      for (let i = 0; i < 2; i++) expect((await ask({ port, headers })).status).toBe(401)
      child.kill('SIGTERM')
      await once(child, 'close')
      expect(output.match(/X-Forwarded-For of 127\.0\.0\.1 is ignored/g)).toHaveLength(1)
    } finally {
      child.kill('SIGKILL')
      rmSync(folder, { recursive: true })
    }
  },
)
