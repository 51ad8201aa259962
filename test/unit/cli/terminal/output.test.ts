import { expect, test } from 'vitest'
import { Output, writeJson } from '../../../../src/cli/terminal/output.ts'
import { recordedIo } from '../../../support/recorded-io.ts'

test('many lines are few writes, and all of them arrive', () => {
  let writes = 0
  const io = recordedIo()
  const counted = {
    ...io,
    out: (text: string | Buffer) => {
      writes++
      io.out(text)
    },
  }
  const output = new Output(counted)
  for (let i = 0; i < 100_000; i++) output.write(`line ${i}\n`)
  output.flush()
  output.flush()
  expect(io.said.out.split('\n')).toHaveLength(100_001)
  expect(writes).toBeLessThan(30)
})

test.each([[[]], [[{ a: 1 }]], [[{ a: 1 }, { a: 'x\n"y' }]]])(
  'JSON of %j is one document, an item a line',
  items => {
    const io = recordedIo()
    let seen = 0
    const passing = function* () {
      for (const item of items) {
        seen++
        yield item
      }
    }
    writeJson(io, { file: 'users' }, 'items', passing(), () => ({ counts: { seen } }))
    expect(JSON.parse(io.said.out)).toEqual({ file: 'users', items, counts: { seen: items.length } })
    expect(io.said.out.trimEnd().split('\n')).toHaveLength(items.length + 2)
  },
)
