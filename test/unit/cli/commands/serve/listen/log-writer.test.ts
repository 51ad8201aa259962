// The access log's writer: one write a turn, and no memory for lines that nobody reads.
import { Writable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { lineWriter } from '../../../../../../src/cli/commands/serve/listen/log-writer.ts'

/** A writer of lines to a stream that takes everything at once, and what it took. */
function recorded() {
  const writes: string[] = []
  const out = new Writable({
    write: (chunk, _, done) => {
      writes.push(String(chunk))
      done()
    },
  })
  return { writes, write: lineWriter(out) }
}

test('the lines of one turn are one write', async () => {
  const { writes, write } = recorded()
  write('one')
  write('two')
  await turn()
  write('three')
  await turn()
  expect(writes).toEqual(['one\ntwo\n', 'three\n'])
})

test('a write is no longer than what a pipe keeps in one piece, and holds whole lines', async () => {
  const { writes, write } = recorded()
  const lines = Array.from({ length: 300 }, (_, i) => `${i} ${'x'.repeat(100)}`)
  for (const line of lines) write(line)
  await turn()
  expect(writes.join('')).toBe(`${lines.join('\n')}\n`)
  for (const text of writes) {
    expect(text.length).toBeLessThanOrEqual(4096)
    expect(text.endsWith('\n')).toBe(true)
  }
})

test('where nobody reads, lines are dropped, counted and told', async () => {
  const writes: string[] = []
  let release: () => void = () => {}
  const out = new Writable({
    write: (chunk, _, done) => {
      writes.push(String(chunk))
      release = done
    },
  })
  const write = lineWriter(out)
  for (let i = 0; i < 20; i++) {
    write('x'.repeat(1024 * 1024))
    await turn()
  }
  expect(out.writableLength).toBeLessThan(11 * 1024 * 1024)
  for (let i = 0; i < 20; i++) {
    const done = release
    release = () => {}
    done()
    await turn()
  }
  write('after')
  await turn()
  expect(writes.at(-1)?.slice(0, 100)).toMatch(
    /^\(\d+ lines were dropped because nobody read the log\)\nafter\n$/,
  )
})
