import type { Worker } from 'node:cluster'
import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { restartBackoff, WorkerSlot } from '../../../../../../src/cli/commands/serve/processes/worker-slot.ts'

/** A worker without a process. */
class FakeWorker extends EventEmitter {
  readonly process: { pid: number | undefined } = { pid: 1 }
  readonly send = vi.fn()
  isConnected = (): boolean => true
  listen = (port = 8080): boolean =>
    this.emit('message', { listening: [{ host: '127.0.0.1', port }], memory: 70e6 })
  end = (status: number): boolean => this.emit('exit', status, null)
}

const reports: string[] = []
const forked: FakeWorker[] = []
const last = (): FakeWorker => forked.at(-1) as FakeWorker
const fork = vi.fn((): Worker => {
  forked.push(new FakeWorker())
  return last() as unknown as Worker
})
const makeSlot = (): WorkerSlot => new WorkerSlot(fork, text => reports.push(text))
async function started(): Promise<WorkerSlot> {
  const slot = makeSlot()
  const port = slot.start()
  last().listen()
  expect(await port).toEqual([{ host: '127.0.0.1', port: 8080 }])
  return slot
}

beforeEach(() => {
  reports.length = 0
  forked.length = 0
  fork.mockClear()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('at the start', () => {
  test('why a worker cannot listen is its own word', async () => {
    const port = makeSlot().start()
    last().emit('message', { failed: { code: 'ERR_LISTEN', message: 'port 8080 is taken' } })
    last().end(0)
    await expect(port).rejects.toThrow('port 8080 is taken')
    expect(vi.getTimerCount()).toBe(0)
  })

  test('one that says nothing has ended', async () => {
    const port = makeSlot().start()
    last().end(3)
    await expect(port).rejects.toThrow('a worker ended with exit status 3 before it listened')
  })

  test('one that cannot be started is a failure like any other', async () => {
    const slot = makeSlot()
    const port = slot.start()
    last().process.pid = undefined
    last().emit('error', new Error('spawn EAGAIN'))
    await expect(port).rejects.toThrow('a worker could not be started: spawn EAGAIN')
    await slot.close(0)
    fork.mockImplementationOnce(() => {
      throw new Error('spawn ENOMEM')
    })
    await expect(makeSlot().start()).rejects.toThrow('a worker could not be started: spawn ENOMEM')
  })
})

describe('a worker that ends', () => {
  test('is replaced at once, and after a pause where the next one does not last', async () => {
    await started()
    last().end(1)
    await vi.advanceTimersByTimeAsync(0)
    expect(fork).toHaveBeenCalledTimes(2)
    last().listen()
    last().end(1)
    await vi.advanceTimersByTimeAsync(999)
    expect(fork).toHaveBeenCalledTimes(2)
    await vi.advanceTimersByTimeAsync(1)
    expect(fork).toHaveBeenCalledTimes(3)
    last().listen()
    await vi.advanceTimersByTimeAsync(60_000)
    last().end(1)
    await vi.advanceTimersByTimeAsync(0)
    expect(fork).toHaveBeenCalledTimes(4)
    expect(reports).toEqual([
      'warning: a worker ended with exit status 1; a new one is started',
      'warning: a worker ended with exit status 1; a new one is started in 1 s',
      'warning: a worker ended with exit status 1; a new one is started',
    ])
  })

  test('is replaced at last, where one that should take its place did not listen', async () => {
    await started()
    last().end(1)
    await vi.advanceTimersByTimeAsync(0)
    last().end(2)
    await vi.advanceTimersByTimeAsync(1000)
    expect(fork).toHaveBeenCalledTimes(3)
    expect(reports.at(-1)).toBe(
      'warning: a worker could not be replaced: a worker ended with exit status 2 before it listened; the next attempt is made in 1 s',
    )
    last().listen()
    expect(vi.getTimerCount()).toBe(0)
  })

  test('is not replaced when all are told to end', async () => {
    const slot = await started()
    const gone = slot.close(10)
    expect(last().send).toHaveBeenCalledWith({ close: 10 }, expect.any(Function))
    last().emit('error', new Error('write EPIPE'))
    last().end(0)
    await gone
    expect(reports).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('nor when that comes in the pause', async () => {
    const slot = await started()
    last().end(1)
    await slot.close(10)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(fork).toHaveBeenCalledTimes(1)
  })
})

describe('the delay before a restart', () => {
  test('none the first time, then from a second to half a minute', () => {
    const delayAfter = restartBackoff()
    const delays = Array.from({ length: 8 }, () => delayAfter(10))
    expect(delays).toEqual([0, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
  })

  test('none after a worker that lived for a minute', () => {
    const delayAfter = restartBackoff()
    for (let i = 0; i < 5; i++) delayAfter(59_999)
    expect(delayAfter(60_000)).toBe(0)
    expect(delayAfter(0)).toBe(1000)
  })
})
