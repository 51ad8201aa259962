// The app as a child: its port from its own arguments, its start, its end and what it leaves behind.
import { EventEmitter, once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { startChild } from '../../../../src/cli/commands/serve/app/process.ts'
import { answers } from '../../../../src/http/client/reachable.ts'
import { eventually } from '../../../support/outside-program.ts'

const start = (code: string) => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  return {
    app: startChild([process.execPath, '-e', code], { stdout, stderr, env: process.env }),
    stdout,
    stderr,
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

test('it is waited for, its output comes through, and it is stopped', async () => {
  const port = await freePort()
  const { app, stdout } = start(
    `require('net').createServer().listen(${port}, '127.0.0.1', () => console.log('up'))`,
  )
  await app.ready(new URL(`http://127.0.0.1:${port}`))
  expect(String((await once(stdout, 'data'))[0])).toBe('up\n')
  await app.stop()
  expect(await answers({ host: '127.0.0.1', port })).toBe(false)
  expect(await app.ended).toContain('signal SIGTERM')
})

test('ends the processes that the app started', async () => {
  const port = await freePort()
  const grandchild = `require('net').createServer().listen(${port}, '127.0.0.1')`
  const { app } = start(
    `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}]); setInterval(() => {}, 1000)`,
  )
  await app.ready(new URL(`http://127.0.0.1:${port}`))
  await app.stop()
  // it was told to end, and the system may take a moment for it
  await eventually('its end', async () => ((await answers({ host: '127.0.0.1', port })) ? undefined : true))
})

test('one that ends before it answers is told with its exit status', async () => {
  const { app } = start('process.exitCode = 3')
  await expect(app.ready(new URL(`http://127.0.0.1:${await freePort()}`))).rejects.toThrow(
    /ended with exit status 3; expected it to listen at/,
  )
  await app.stop()
})

test('one that is not there is told with what to do', async () => {
  const app = startChild(['no-such-program-at-all'], {
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    env: process.env,
  })
  await expect(app.ready(new URL('http://127.0.0.1:9'))).rejects.toThrow(
    /no-such-program-at-all could not be started: it is not on the PATH/,
  )
  await app.stop()
})

test('output that nobody reads does not block it', async () => {
  // as process.stdout is where its reader has gone: each write becomes an error, and nothing drains
  const output = Object.assign(new EventEmitter(), {
    write: () => {
      setImmediate(() => output.emit('error', new Error('EPIPE')))
      return false
    },
  })
  output.on('error', () => {})
  const stdout = output as never
  const code = "process.stdout.write('x'.repeat(1_000_000))"
  const app = startChild([process.execPath, '-e', code], { stdout, stderr: stdout, env: process.env })
  expect(await app.ended).toContain('exit status 0')
})
