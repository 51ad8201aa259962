// Ended sessions of several replicas: what one ends, the others learn from the shared store.
import { expect, test } from 'vitest'
import { EndedList, type EndedSession } from '../../../../src/auth/sessions/ended-sessions.ts'
import { SharedEndedSessions } from '../../../../src/auth/shared/shared-ended-sessions.ts'
import { StubStore } from './stub-store.ts'

function setUp(count = 2) {
  const store = new StubStore()
  const now = (): number => store.now
  const replicas = Array.from(
    { length: count },
    () => new SharedEndedSessions(new EndedList(now), store, now),
  )
  return { store, replicas: replicas as [SharedEndedSessions, SharedEndedSessions] }
}
const session = (id: string, until = 2_000_000): EndedSession => ({
  id: id.padEnd(22, '0'),
  signedInAt: 1,
  until,
})
const has = (replica: SharedEndedSessions, { id, signedInAt }: EndedSession) => replica.has(id, signedInAt)

test('a sign-out is known here at once, and elsewhere after an exchange, which tells those who listen', async () => {
  const { replicas } = setUp()
  const [one, two] = replicas
  const heard: string[] = []
  two.onEnded(({ id }) => heard.push(id))
  const ended = session('a')
  const added = one.add(ended)
  expect(has(one, ended)).toBe(true)
  expect(await added).toBe(true)
  expect(has(two, ended)).toBe(false)
  await two.exchange('new')
  await two.exchange('new')
  expect(has(two, ended)).toBe(true)
  expect(heard).toEqual([ended.id])
})

test('without the store a sign-out is not yet everywhere, and is sent once the store responds', async () => {
  const { store, replicas } = setUp()
  const [one, two] = replicas
  store.isDown = true
  expect(await one.add(session('a'))).toBe(false)
  await expect(one.exchange('new')).rejects.toThrow('not connected')
  store.isDown = false
  await one.exchange('new')
  await two.exchange('new')
  expect(has(two, session('a'))).toBe(true)
})

test('a store that has lost everything gets all again, but what is over', async () => {
  const { store, replicas } = setUp()
  const [one, two] = replicas
  await one.add(session('a'))
  await one.add(session('b', 1_500_000))
  store.ended = []
  store.now = 1_600_000
  await one.exchange('all')
  await two.exchange('all')
  expect([session('a'), session('b')].map(ended => has(two, ended))).toEqual([true, false])
  store.asked = []
  await one.exchange('all')
  // it has them all
  expect(store.asked).toEqual(['readEnded all'])
})

test('a session that has ended by itself in the meantime is not announced', async () => {
  const { store, replicas } = setUp()
  const [one, two] = replicas
  const announced: string[] = []
  two.onEnded(({ id }) => announced.push(id))
  await one.add(session('a', 1_500_000))
  await one.add(session('b'))
  store.now = 1_600_000
  await two.exchange('new')
  expect(announced).toEqual([session('b').id])
})

test('a lookup sends nothing to the store', async () => {
  const { store, replicas } = setUp()
  replicas[0].has('a'.repeat(22), 1)
  expect(store.asked).toEqual([])
})
