// The connection to Redis: attempts, timeouts and reconnecting, with a stub server and clock.
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type RedisClient, RedisConnection } from '../../../../src/auth/shared/redis-connection.ts'

/** Time that passes only when told to. */
class FakeTimers {
  #now = 0
  #planned: { at: number; run: () => void }[] = []

  after = (milliseconds: number, run: () => void) => {
    const entry = { at: this.#now + milliseconds, run }
    this.#planned.push(entry)
    return () => {
      this.#planned = this.#planned.filter(other => other !== entry)
    }
  }

  async pass(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds
    for (;;) {
      const [next] = this.#planned.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
      if (next === undefined) break
      this.#now = next.at
      this.#planned = this.#planned.filter(entry => entry !== next)
      next.run()
      await turn()
    }
    this.#now = end
  }
}

/** A server that is there or not, and responds or not. */
function setUp() {
  const timers = new FakeTimers()
  const log: string[] = []
  const server = { refuses: false, hangs: false, error: undefined as Error | undefined, connections: 0 }
  let drop: (error: Error) => void = () => {}
  const client: RedisClient = {
    sendCommand: async ([name]) => {
      if (server.hangs) return new Promise(() => {})
      if (server.error !== undefined) throw server.error
      return name
    },
    destroy: () => log.push('destroyed'),
  }
  const connection: RedisConnection = new RedisConnection({
    timers,
    open: async onLost => {
      server.connections++
      if (server.refuses) throw new Error('ECONNREFUSED')
      drop = onLost
      return client
    },
    prepare: () => connection.send(['PREPARE'], 2000),
    poll: () => connection.send(['POLL']),
    onUp: () => log.push('up'),
    onDown: ({ message }) => log.push(`down: ${message}`),
  })
  return { timers, log, server, connection, drop: (error: Error) => drop(error) }
}

test('connected, it sends', async () => {
  const { connection, log } = setUp()
  await connection.start()
  expect(connection.isUp).toBe(true)
  expect(await connection.send(['PING'])).toBe('PING')
  expect(log).toEqual(['up'])
})

test('without a server the first attempt ends, commands fail at once, and one line is written', async () => {
  const { connection, timers, server, log } = setUp()
  server.refuses = true
  await connection.start()
  await expect(connection.send(['PING'])).rejects.toThrow('not connected')
  await timers.pass(60_000)
  expect(log).toEqual(['down: ECONNREFUSED'])
  expect(server.connections).toBeGreaterThan(50)
  expect(server.connections).toBeLessThan(70)
  server.refuses = false
  await timers.pass(1000)
  expect(log).toEqual(['down: ECONNREFUSED', 'up'])
})

test('a server that hangs costs a tenth of a second once', async () => {
  const { connection, timers, server, log } = setUp()
  await connection.start()
  server.hangs = true
  const first = expect(connection.send(['PING'])).rejects.toThrow('no response within 100 ms')
  await timers.pass(100)
  await first
  await expect(connection.send(['PING'])).rejects.toThrow('not connected')
  // it accepts connections, but is not usable
  await timers.pass(10_000)
  expect(connection.isUp).toBe(false)
  server.hangs = false
  await timers.pass(4000)
  expect(connection.isUp).toBe(true)
  expect(log.filter(line => line !== 'destroyed')).toEqual(['up', 'down: no response within 100 ms', 'up'])
})

test('the poll finds out that the server is lost', async () => {
  const { connection, timers, server } = setUp()
  await connection.start()
  server.hangs = true
  await timers.pass(1100)
  expect(connection.isUp).toBe(false)
})

test('an error of the server ends the connection: it may have become a replica', async () => {
  const { connection, timers, server, log } = setUp()
  await connection.start()
  server.error = new Error('READONLY')
  await expect(connection.send(['EVAL'])).rejects.toThrow('READONLY')
  await timers.pass(5000)
  expect(log.filter(line => line !== 'destroyed')).toEqual(['up', 'down: READONLY'])
})

test('a dropped connection is made again', async () => {
  const { connection, timers, log, drop } = setUp()
  await connection.start()
  drop(new Error('ECONNRESET'))
  drop(new Error('ECONNRESET'))
  expect(connection.isUp).toBe(false)
  await timers.pass(100)
  expect(log).toEqual(['up', 'destroyed', 'down: ECONNRESET', 'up'])
})

test('closed, it stays closed', async () => {
  const { connection, timers, server, drop } = setUp()
  await connection.start()
  connection.close()
  drop(new Error('ECONNRESET'))
  await timers.pass(10_000)
  expect(server.connections).toBe(1)
  await expect(connection.send(['PING'])).rejects.toThrow('not connected')
})
