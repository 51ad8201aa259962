// What PowerShell and Windows' editors put before a password, and what is left of it.
import { expect, test } from 'vitest'
import { windowsInput } from '../../../../src/cli/terminal/windows-input.ts'

const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le')
const never = (): Buffer => {
  throw new Error('read on without need')
}

test.each<[string, Buffer, Buffer]>([
  ['no mark', Buffer.from('pw\r\n'), Buffer.from('pw\r\n')],
  ['nothing at all', Buffer.alloc(0), Buffer.alloc(0)],
  ['a mark in UTF-8', Buffer.from('\ufeffpä\r\n'), Buffer.from('pä\r\n')],
  ['a mark alone, before PowerShell goes on', Buffer.from('\ufeff'), Buffer.alloc(0)],
  ['one mark is cut, a second belongs to the text', Buffer.from('\ufeff\ufeffpw'), Buffer.from('\ufeffpw')],
  ['other bytes are no mark', Buffer.from([0xff, 0x70, 0xfe]), Buffer.from([0xff, 0x70, 0xfe])],
])('%s', (_name, input, password) => {
  expect(windowsInput(input, never)).toEqual(password)
})

test('UTF-16, as PowerShell 5 writes to a file, is read to its end and becomes UTF-8', () => {
  const bytes = utf16('pä\u{1f511}\r\n')
  for (let cut = 2; cut <= bytes.length; cut++) {
    expect(windowsInput(bytes.subarray(0, cut), () => bytes.subarray(cut)).toString()).toBe('pä\u{1f511}\r\n')
  }
})
