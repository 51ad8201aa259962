// What bytes of a stream are as a password: the line end and the limit; classic-password.test.ts has all the rest of -i.
import { expect, test } from 'vitest'
import { MAX_INPUT_BYTES, passwordIn, rejectLong } from '../../../../src/cli/password/input.ts'

test.each([
  ['pw', 'pw'],
  ['pw\n', 'pw'],
  ['pw\r\n', 'pw'],
  ['pw\r', 'pw\r'],
  ['pw\n\n', 'pw\n'],
  ['\n', ''],
  ['', ''],
])('%j is %j', (input, password) => expect(passwordIn(Buffer.from(input)).toString()).toBe(password))

test('the limit counts the line end, as Apache’s does, and the message holds nothing of the password', () => {
  expect(passwordIn(Buffer.alloc(MAX_INPUT_BYTES, 'x'))).toHaveLength(255)
  for (const input of [Buffer.alloc(256, 'x'), Buffer.from(`${'x'.repeat(255)}\n`)])
    expect(() => passwordIn(input)).toThrow(
      expect.objectContaining({ code: 'ERR_TOO_LONG', message: 'password too long (>256)' }),
    )
  expect(() => rejectLong(Buffer.from('four'), 3, '(> 3)')).toThrow('password too long (> 3)')
})
