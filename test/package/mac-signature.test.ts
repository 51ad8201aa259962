// The ad hoc signature of small made-up macOS programs; test/package/executable.test.ts has the real ones.
import { expect, test } from 'vitest'
import { signAdHoc } from '../../build/executable/mac-signature.js'
import { expectSigned } from './mac-signature.ts'

/** A program of the least that the format has: __TEXT with one section, and __LINKEDIT. */
function program({ room = 0x400, linkEdit = 5001, firstWord = 0xfeedfacf } = {}): Buffer {
  const file = Buffer.alloc(0x4000 + linkEdit, 'no command')
  const write = (at: number, ...words: (number | string)[]) =>
    words.reduce<number>((to, word) => {
      if (typeof word === 'number') return file.writeUInt32LE(word, to)
      return to + file.write(word.padEnd(16, '\0'), to, 'latin1')
    }, at)
  const prot = [5, 5]
  const commands = 32 + 152 + 72
  let at = write(0, firstWord, 0x0100000c, 0, 2, 2, commands - 32, 0x85, 0)
  at = write(at, 0x19, 152, '__TEXT', 0, 1, 0x4000, 0, 0, 0, 0x4000, 0, ...prot, 1, 0)
  at = write(at, '__text', '__TEXT', commands + room, 1, 0x100, 0, commands + room, 0, 0, 0, 0, 0, 0, 0)
  at = write(at, 0x19, 72, '__LINKEDIT', 0x4000, 1, 0x4000, 0, 0x4000, 0, linkEdit, 0, 1, 1, 0, 0)
  expect(at).toBe(commands)
  file.fill(0, commands, commands + room)
  return file
}

test.each([5001, 0x4000, 1])('a program with %i bytes after its code', linkEdit => {
  const unsigned = program({ linkEdit })
  const before = Buffer.from(unsigned)
  const signed = signAdHoc(unsigned, 'htpasswd')
  expectSigned(signed)
  expect(unsigned).toEqual(before)
  // what is neither header nor signature stays
  expect(signed.subarray(0x200, unsigned.length)).toEqual(unsigned.subarray(0x200))
})

test.each([
  ['a program of another kind', program({ firstWord: 0xcafebabe }), 'expected a 64-bit macOS executable'],
  ['a signed one', signAdHoc(program(), 'htpasswd'), 'expected no signature'],
  ['one without room for a command', program({ room: 15 }), 'expected 16 bytes of free space'],
  [
    'one with more behind its end',
    Buffer.concat([program(), Buffer.alloc(1)]),
    'expected __LINKEDIT at the end',
  ],
])('%s is refused', (_, file, message) => {
  expect(() => signAdHoc(file, 'htpasswd')).toThrow(message)
})
