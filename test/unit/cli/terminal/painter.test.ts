import { expect, test } from 'vitest'
import { painter } from '../../../../src/cli/terminal/painter.ts'
import { recordedIo } from '../../../support/recorded-io.ts'

test('colours at a terminal', () => {
  expect(painter(recordedIo({ terminals: [1] }))('red', 'broken')).toBe('\x1b[31mbroken\x1b[39m')
})

test.each([
  ['elsewhere', { terminals: [2] }],
  ['where NO_COLOR is set', { terminals: [1], env: { NO_COLOR: '1' } }],
])('none %s', (_name, surroundings) => {
  expect(painter(recordedIo(surroundings))('red', 'broken')).toBe('broken')
})
