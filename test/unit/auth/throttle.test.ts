import { describe, expect, test } from 'vitest'
import { type Admission, type Attempt, Throttle } from '../../../src/auth/throttle.ts'

const isAdmitted = (admission: Admission): boolean =>
  typeof admission === 'object' && 'isSuspect' in admission

function setUp(options = {}) {
  const clock = { now: 1 }
  const throttle = new Throttle({ maxFailures: 3, now: () => clock.now, ...options })
  /** One attempt: true where it was admitted, else the wait. */
  const attempt = async (name: string, subnet: string | undefined, failed = true) => {
    const counted = { name, subnet }
    const admission = await throttle.admit(counted)
    if (isAdmitted(admission)) throttle.settle(counted, failed)
    return isAdmitted(admission) || (admission as { wait: number }).wait
  }
  const times = async (count: number, run: (i: number) => Promise<unknown>) => {
    const results: unknown[] = []
    for (let i = 0; i < count; i++) results.push(await run(i))
    return results.filter(result => result === true).length
  }
  return { clock, throttle, attempt, times }
}

describe('one name from one subnet', () => {
  test('a burst is free, then one failure is forgiven every five seconds', async () => {
    const { attempt, clock, times } = setUp()
    expect(await times(5, () => attempt('a', 'x'))).toBe(3)
    expect(await attempt('a', 'x')).toBe(5000)
    clock.now += 3000
    expect(await attempt('a', 'x')).toBe(2000)
    clock.now += 2000
    expect(await times(2, () => attempt('a', 'x'))).toBe(1)
    clock.now += 1_000_000
    expect(await times(5, () => attempt('a', 'x'))).toBe(3)
  })

  test('successes cost nothing', async () => {
    const { attempt, times } = setUp()
    expect(await times(100, () => attempt('a', 'x', false))).toBe(100)
  })

  test('zero switches it off', async () => {
    const { attempt, times } = setUp({ maxFailures: 0 })
    expect(await times(50, () => attempt('a', 'x'))).toBe(50)
  })
})

describe('other names and other subnets', () => {
  test('a name whose failures are used up does not stop other names of its subnet', async () => {
    const { attempt, times } = setUp()
    await times(10, () => attempt('job', 'office'))
    expect(await attempt('alice', 'office', false)).toBe(true)
  })

  test('a subnet has ten times the failures of a name, then all its names wait', async () => {
    const { attempt, times } = setUp()
    expect(await times(50, i => attempt(`name ${i}`, 'x'))).toBe(30)
    expect(await attempt('alice', 'x')).toBe(500)
    expect(await attempt('alice', 'y')).toBe(true)
  })

  test('a network has a hundred times', async () => {
    const { throttle, times } = setUp()
    const admitted = await times(400, async i => {
      const counted = { name: `name ${i}`, subnet: `2001:db8:0:${i}::/64`, network: '2001:db8:0::/48' }
      const admission = await throttle.admit(counted)
      if (!isAdmitted(admission)) return false
      throttle.settle(counted, true)
      return true
    })
    expect(admitted).toBe(300)
  })

  test('a name under attack is open to subnets without failures for it, twice each', async () => {
    const { attempt, times, clock } = setUp()
    await times(10, () => attempt('alice', 'attacker'))
    expect(await attempt('alice', 'home', false)).toBe(true)
    expect(await times(10, () => attempt('alice', 'other'))).toBe(2)
    clock.now += 1_800_000
    // the failures of the name itself are forgiven by now: the next three attempts are free, wherever they come from
    await times(10, () => attempt('alice', 'attacker'))
    expect(await times(10, () => attempt('alice', 'other'))).toBe(1)
  })

  test('without an address only the name counts', async () => {
    const { attempt, times } = setUp()
    expect(await times(10, () => attempt('alice', undefined))).toBe(3)
  })

  test('a subnet with three failures is a suspect', async () => {
    const { throttle, attempt, times } = setUp({ maxFailures: 10 })
    const ask = async (): Promise<Admission> => {
      const counted = { name: 'bob', subnet: 'x' }
      const admission = await throttle.admit(counted)
      throttle.settle(counted, false)
      return admission
    }
    await times(2, i => attempt(`name ${i}`, 'x'))
    expect(await ask()).toEqual({ isSuspect: false })
    await attempt('name 3', 'x')
    expect(await ask()).toEqual({ isSuspect: true })
  })
})

describe('attempts at the same time', () => {
  const together = async (throttle: Throttle, counted: Attempt, failed: boolean, count = 100) => {
    const admissions = await Promise.all(
      Array.from({ length: count }, async () => {
        const admission = await throttle.admit(counted)
        await Promise.resolve()
        if (isAdmitted(admission)) throttle.settle(counted, failed)
        return isAdmitted(admission)
      }),
    )
    return admissions.filter(Boolean).length
  }

  test('a hundred that fail get no more tries than one by one', async () => {
    expect(await together(setUp().throttle, { name: 'a', subnet: 'x' }, true)).toBe(3)
  })

  test('a hundred that succeed are all admitted', async () => {
    expect(await together(setUp().throttle, { name: 'a', subnet: 'x' }, false)).toBe(100)
  })

  test('only so many wait', async () => {
    const { throttle } = setUp({ maxFailures: 1, maxWaiting: 2 })
    const counted = { name: 'a', subnet: undefined }
    await throttle.admit(counted)
    const waiting = [throttle.admit(counted), throttle.admit(counted)]
    expect(await throttle.admit(counted)).toBe('full')
    throttle.settle(counted, true)
    expect(await Promise.all(waiting)).toEqual([{ wait: 5000 }, { wait: 5000 }])
  })
})

test('counters beyond the limit are forgotten, so that memory stays', async () => {
  const { attempt } = setUp({ maxFailures: 1, maxKeys: 2 })
  for (const name of ['a', 'b', 'c']) await attempt(name, undefined)
  expect(await attempt('c', undefined)).toBe(5000)
  expect(await attempt('a', undefined)).toBe(true)
})
