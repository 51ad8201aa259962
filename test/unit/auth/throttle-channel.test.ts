import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type Admission, Throttle } from '../../../src/auth/throttle.ts'
import { RemoteThrottle, ThrottlePeer, type ThrottleRequest } from '../../../src/auth/throttle-channel.ts'

/** A throttle in one process, and workers that ask it through messages, which arrive a turn later. */
function setUp(workers: number, maxFailures = 3) {
  const throttle = new Throttle({ maxFailures, now: () => 1 })
  const post = (receive: (message: unknown) => boolean, message: unknown) =>
    void turn().then(() => receive(structuredClone(message)))
  return Array.from({ length: workers }, () => {
    const peer: ThrottlePeer = new ThrottlePeer(throttle, message => post(m => remote.receive(m), message))
    const remote: RemoteThrottle = new RemoteThrottle(message => post(m => peer.receive(m), message))
    return { remote, peer }
  })
}

const isAdmitted = (admission: Admission): boolean =>
  typeof admission === 'object' && 'isSuspect' in admission

test.each([1, 4, 16])('%i workers together get the tries of one process', async count => {
  const workers = setUp(count)
  let tries = 0
  for (let i = 0; i < 40; i++) {
    const { remote } = workers[i % count] as (typeof workers)[number]
    const attempt = { name: 'alice', subnet: '192.0.2.1' }
    const admission = await remote.admit(attempt)
    if (!isAdmitted(admission)) continue
    tries++
    remote.settle(attempt, true)
    await turn()
  }
  expect(tries).toBe(3)
})

test('a worker that ends leaves nothing occupied, and its attempts in flight count as failures', async () => {
  const [first, second] = setUp(2, 1)
  const attempt = { name: 'alice', subnet: '192.0.2.1' }
  expect(await first?.remote.admit(attempt)).toEqual({ isSuspect: false })
  const waiting = second?.remote.admit({ ...attempt })
  await turn()
  first?.peer.close()
  expect(await waiting).toEqual({ wait: 5000 })
})

test('without the process that has the throttle nothing is admitted', async () => {
  const remote = new RemoteThrottle(() => {
    throw new Error('channel closed')
  })
  await expect(remote.admit({ name: 'alice', subnet: undefined })).rejects.toThrow('channel closed')
})

test('other messages of the channel are left alone', () => {
  const sent: ThrottleRequest[] = []
  const remote = new RemoteThrottle(request => sent.push(request))
  const peer = new ThrottlePeer(new Throttle({ maxFailures: 1, now: () => 1 }), () => {})
  for (const message of ['reload', { close: 1 }, null, undefined])
    expect([remote.receive(message), peer.receive(message)]).toEqual([false, false])
  expect(sent).toEqual([])
})
