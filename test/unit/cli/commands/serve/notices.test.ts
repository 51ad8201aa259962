// The forms of the messages of a running guard.
import { expect, test } from 'vitest'
import { createNotify } from '../../../../../src/cli/commands/serve/notices.ts'

function written(options: Parameters<typeof createNotify>[1]): string[] {
  const lines: string[] = []
  const notify = createNotify(line => lines.push(line), { now: () => new Date(0), ...options })
  notify('ready', { users: 2 })
  notify('warning: the disk is full')
  return lines
}

test('text for people', () => expect(written({})).toEqual(['ready\n', 'warning: the disk is full\n']))

test('JSON for programs, one object a line', () => {
  expect(written({ json: true }).map(line => JSON.parse(line))).toEqual([
    { time: '1970-01-01T00:00:00.000Z', level: 'info', message: 'ready', users: 2 },
    { time: '1970-01-01T00:00:00.000Z', level: 'warning', message: 'the disk is full' },
  ])
})

test('--quiet leaves the warnings', () =>
  expect(written({ quiet: true })).toEqual(['warning: the disk is full\n']))
