// Exchanges are added and deleted in any order; a check cuts those of deleted users that are open, and no others.
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Exchange } from '../../../../src/http/proxy/exchange.ts'
import { OpenStreams } from '../../../../src/http/proxy/open-streams.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
afterEach(() => void vi.useRealTimers())

test('after any series, a check cuts exactly the open ones of deleted users', () => {
  const steps = fc.array(fc.record({ id: fc.nat(9), adds: fc.boolean() }), { maxLength: 60 })
  fc.assert(
    fc.property(steps, fc.uniqueArray(fc.nat(9)), (series, deletedUsers) => {
      const streams = new OpenStreams()
      const revoked = new Set<number>()
      const exchanges = Array.from({ length: 10 }, (_, id) => {
        const exchange = {
          identity: {},
          isCurrent: !deletedUsers.includes(id),
          revoke: () => {
            revoked.add(id)
            streams.delete(exchange)
          },
        } as unknown as Exchange
        return exchange
      })
      const open = new Set<number>()
      for (const { id, adds } of series) {
        if (adds === open.has(id)) continue
        if (adds) open.add(id)
        else open.delete(id)
        if (adds) streams.add(exchanges[id] as Exchange)
        else streams.delete(exchanges[id] as Exchange)
      }
      vi.advanceTimersByTime(1000)
      expect([...revoked].sort()).toEqual([...open].filter(id => deletedUsers.includes(id)).sort())
      for (const id of open) streams.delete(exchanges[id] as Exchange)
      vi.advanceTimersByTime(1000)
      expect(vi.getTimerCount()).toBe(0)
    }),
  )
})
