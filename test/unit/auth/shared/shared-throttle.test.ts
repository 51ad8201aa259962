// The throttle of several replicas: failures count together, and what happens without the store.
import { expect, test } from 'vitest'
import { SharedThrottle } from '../../../../src/auth/shared/shared-throttle.ts'
import { type Admission, type Attempt, attemptOf, Throttle } from '../../../../src/auth/throttle.ts'
import { StubStore } from './stub-store.ts'

/** Replicas that share a store, and one clock. */
function setUp(count: number, maxFailures = 3, isRequired = false) {
  const store = new StubStore()
  const now = (): number => store.now
  const replicas = Array.from({ length: count }, () => {
    const local = new Throttle({ maxFailures, now })
    return new SharedThrottle(local, store, { maxFailures, now, isRequired })
  })
  return { store, replicas }
}
/** Lets promises go on until the condition holds. */
async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await Promise.resolve()
  for (let i = 0; i < 20; i++) await Promise.resolve()
}
const isAdmitted = (admission: Admission): boolean =>
  typeof admission === 'object' && 'isSuspect' in admission

async function guess(
  replica: SharedThrottle | undefined,
  attempt: Attempt,
  isWrong = true,
): Promise<boolean> {
  const admission = await (replica as SharedThrottle).admit(attempt)
  if (!isAdmitted(admission)) return false
  replica?.settle(attempt, isWrong)
  return true
}

test.each([1, 2, 7])('%i replicas together check the guesses of one', async count => {
  const { replicas } = setUp(count)
  let checked = 0
  for (let i = 0; i < 40; i++)
    if (await guess(replicas[i % count], attemptOf('alice', '192.0.2.1'))) checked++
  expect(checked).toBe(3)
})

test('a burst over all replicas is counted before the first guess is verified', async () => {
  const { replicas } = setUp(4)
  const attempts = Array.from({ length: 40 }, () => attemptOf('alice', '192.0.2.1'))
  const admissions = attempts.map((attempt, i) => {
    const replica = replicas[i % 4] as SharedThrottle
    return replica.admit(attempt).then(admission => {
      if (isAdmitted(admission)) replica.settle(attempt, true)
      return isAdmitted(admission)
    })
  })
  expect((await Promise.all(admissions)).filter(Boolean)).toHaveLength(3)
})

test('right passwords use up nothing', async () => {
  const { replicas } = setUp(2)
  for (let i = 0; i < 40; i++)
    expect(await guess(replicas[i % 2], attemptOf('alice', '192.0.2.1'), false)).toBe(true)
})

// ten times maxFailures for an address; see docs/deploy.md
test.each<[replicas: number, users: number, refused: number]>([
  [1, 31, 0],
  [2, 30, 0],
  [2, 31, 1],
  [3, 60, 30],
])(
  '%i replicas, %i users of one address at the same moment: %i have to try again',
  async (count, users, refused) => {
    const { store, replicas } = setUp(count)
    const admitted: [SharedThrottle, Attempt][] = []
    const admissions = Array.from({ length: users }, async (_, i) => {
      const replica = replicas[i % count] as SharedThrottle
      const attempt = attemptOf(`user ${i}`, '192.0.2.1')
      const admission = await replica.admit(attempt)
      if (isAdmitted(admission)) admitted.push([replica, attempt])
      return admission
    })
    // all of them are in flight, or refused
    await eventually(() => store.asked.length >= Math.min(users, count * 30))
    for (const [replica, attempt] of admitted) replica.settle(attempt, false)
    const waits = (await Promise.all(admissions)).filter(admission => !isAdmitted(admission))
    expect(waits).toHaveLength(refused)
  },
)

test('what is full here asks nobody, and what was full there is not asked for again until it has room', async () => {
  const { store, replicas } = setUp(2)
  for (let i = 0; i < 3; i++) await guess(replicas[0], attemptOf('alice', '192.0.2.1'))
  store.asked = []
  expect(await replicas[0]?.admit(attemptOf('alice', '192.0.2.1'))).toEqual({ wait: 5000 })
  expect(store.asked).toEqual([])
  expect(await replicas[1]?.admit(attemptOf('alice', '192.0.2.1'))).toEqual({ wait: 5000 })
  expect(await replicas[1]?.admit(attemptOf('alice', '192.0.2.1'))).toEqual({ wait: 5000 })
  expect(store.asked).toEqual(['reserve'])
  store.now += 5000
  expect(await guess(replicas[1], attemptOf('alice', '192.0.2.1'))).toBe(true)
  expect(await guess(replicas[0], attemptOf('alice', '192.0.2.1'))).toBe(false)
})

test('a name under attack can be used from another address, at each replica', async () => {
  const { replicas } = setUp(2)
  for (let i = 0; i < 9; i++) await guess(replicas[i % 2], attemptOf('alice', `192.0.2.${i}`))
  expect(await guess(replicas[0], attemptOf('alice', '198.51.100.1'), false)).toBe(true)
  expect(await guess(replicas[1], attemptOf('alice', '198.51.100.1'), false)).toBe(true)
})

test('without the store each replica has the limit of its own counters', async () => {
  const { store, replicas } = setUp(2)
  await guess(replicas[0], attemptOf('alice', '192.0.2.1'))
  store.isDown = true
  const checked = [0, 0]
  for (let i = 0; i < 20; i++)
    if (await guess(replicas[i % 2], attemptOf('alice', '192.0.2.1')))
      checked[i % 2] = (checked[i % 2] ?? 0) + 1
  expect(checked).toEqual([2, 3])
})

test('where the store is required, nothing is verified without it, and nothing is counted', async () => {
  const { store, replicas } = setUp(1, 3, true)
  store.isDown = true
  for (let i = 0; i < 5; i++) expect(await replicas[0]?.admit(attemptOf('alice', '192.0.2.1'))).toBe('full')
  store.isDown = false
  expect(await guess(replicas[0], attemptOf('alice', '192.0.2.1'))).toBe(true)
})

test('without a limit the store is never asked', async () => {
  const { store, replicas } = setUp(1, 0)
  for (let i = 0; i < 5; i++) await guess(replicas[0], attemptOf('alice', '192.0.2.1'))
  expect(store.asked).toEqual([])
})

test('a reservation that cannot be taken back does no harm', async () => {
  const { store, replicas } = setUp(1)
  const attempt = attemptOf('alice', '192.0.2.1')
  expect(await replicas[0]?.admit(attempt)).toEqual({ isSuspect: false })
  store.isDown = true
  replicas[0]?.settle(attempt, false)
  store.isDown = false
  expect(await guess(replicas[0], attemptOf('alice', '192.0.2.1'))).toBe(true)
})
