// The record of process.nextTick that is kept outlives garbage collections.
import { setImmediate as eventLoopTurn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test, vi } from 'vitest'
import { keepTickShape } from '../../../src/http/client/tick-shape.ts'

const { records } = vi.hoisted(() => ({ records: [] as WeakRef<object>[] }))
vi.mock('node:async_hooks', async original => {
  const real = await original<typeof import('node:async_hooks')>()
  const executionAsyncResource = () => {
    const record = real.executionAsyncResource()
    records.push(new WeakRef(record))
    return record
  }
  return { ...real, executionAsyncResource }
})

test('one is kept, and with it its shape, for all guards together', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  for (let guard = 0; guard < 3; guard++) {
    keepTickShape()
    await eventLoopTurn()
    collect()
  }
  expect(records.map(record => Reflect.ownKeys(record.deref() ?? {}).map(String))).toEqual([
    expect.arrayContaining(['callback', 'Symbol(async_id_symbol)']),
  ])
})
