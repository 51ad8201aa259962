import { expect, test } from 'vitest'
import { FairQueue } from '../../../src/hash/fair-queue.ts'

/** Jobs as `requester number`; a capital letter is a suspect. */
function queueOf(jobs: string, max = Number.POSITIVE_INFINITY) {
  const queue = new FairQueue<string>(max)
  for (const job of jobs.split(' ').filter(Boolean))
    queue.add(job, { groups: [job.slice(0, 1)], isSuspect: /^[A-Z]/.test(job) })
  return queue
}

function drain(queue: FairQueue<string>): string {
  const jobs: string[] = []
  for (let job = queue.next(); job !== undefined; job = queue.next()) jobs.push(job)
  return jobs.join(' ')
}

test.each([
  ['nothing', '', ''],
  ['one requester: first in, first out', 'a1 a2 a3', 'a1 a2 a3'],
  ['requesters take turns', 'a1 a2 a3 b1 c1 c2', 'a1 b1 c1 a2 c2 a3'],
  ['suspects get every fourth turn', 'X1 X2 X3 a1 a2 a3 a4 a5', 'a1 a2 a3 X1 a4 a5 X2 X3'],
  ['suspects alone are served at once', 'X1 Y1 X2', 'X1 Y1 X2'],
])('%s', (_, jobs, order) => expect(drain(queueOf(jobs))).toBe(order))

test.each([
  ['a queue that is not too long loses nothing', 'a1 b1', 2, undefined],
  ['the longest line loses its newest job', 'a1 a2 b1', 2, 'a2'],
  ['of lines of the same length the newest', 'a1 b1 c1', 2, 'c1'],
  ['suspects before others', 'a1 a2 a3 X1', 3, 'X1'],
])('%s', (_, jobs, max, dropped) => expect(queueOf(jobs, max).shrink()).toBe(dropped))

test('a thousand jobs of one requester delay another one by one job', () => {
  const queue = queueOf(Array.from({ length: 1000 }, (_, i) => `a${i}`).join(' '))
  queue.add('b', { groups: ['b'], isSuspect: false })
  expect([queue.next(), queue.next()]).toEqual(['a0', 'b'])
})

test('two hundred subnets of one network delay another network by one job', () => {
  const queue = new FairQueue<string>(1000)
  for (let i = 0; i < 200; i++)
    queue.add(`guess ${i}`, { groups: ['2001:db8::/48', `subnet ${i}`], isSuspect: false })
  queue.add('login', { groups: ['192.0.2.0/24', '192.0.2.7'], isSuspect: false })
  expect([queue.next(), queue.next(), queue.next()]).toEqual(['guess 0', 'login', 'guess 1'])
})
