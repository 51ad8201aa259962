import { expect, test } from 'vitest'
import { confirm } from '../../../../src/cli/terminal/confirm.ts'
import { recordedIo } from '../../../support/recorded-io.ts'

test.each([
  ['y\r', true],
  ['Y\r', true],
  ['yes\r', true],
  ['yx\x7f\r', true],
  ['n\r', false],
  ['\r', false],
  ['yeah\r', false],
  ['\x03', false],
  ['\x04', false],
])('%j at a terminal: %j', async (typed, expected) => {
  const io = recordedIo({ typed: [typed] })
  expect(await confirm(io, 'Write users?')).toBe(expected)
  expect(io.said.err.startsWith('Write users? [y/N] ')).toBe(true)
  expect(io.said.err.endsWith('\n')).toBe(true)
  expect(io.closed).toBe(true)
})

test('what is typed can be seen', async () => {
  const io = recordedIo({ typed: ['yes\r'] })
  await confirm(io, 'Write users?')
  expect(io.said.err).toBe('Write users? [y/N] yes\n')
})

test.each([
  ['y\n', true],
  ['yes\r\n', true],
  ['no\n', false],
  ['', false],
])('%j on standard input: %j', async (input, expected) => {
  expect(await confirm(recordedIo({ input }), 'Write users?')).toBe(expected)
})
