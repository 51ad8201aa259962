// Passwords of odd length and content end in "no", never in a crash (timingSafeEqual throws on lengths that differ).
import { afterAll, describe, expect, test } from 'vitest'
import { Authenticator } from '../../src/auth/authenticator.ts'
import { hashPassword } from '../../src/hash/hash-password.ts'
import { formats } from '../../src/hash/registry.ts'

const passwords: [string, Buffer][] = [
  ['empty', Buffer.alloc(0)],
  ['a NUL', Buffer.from('\0')],
  ['the password and a NUL', Buffer.from('geheim\0')],
  ['beyond ASCII', Buffer.from('ä€😀')],
  ['no UTF-8', Buffer.from([0xff, 0xfe, 0x80])],
  ['4096 bytes', Buffer.alloc(4096, 'x')],
  ['a megabyte', Buffer.alloc(1 << 20, 'x')],
]

describe.each(formats.map(format => format.id))('%s', format => {
  const faults: unknown[] = []
  const hash = hashPassword('geheim', { format, ...(format === 'bcrypt' && { cost: 4 }) })
  let stored = ''
  const authenticator = new Authenticator(() => stored, {
    maxFailures: 0,
    onError: error => faults.push(error),
  })
  afterAll(() => authenticator[Symbol.asyncDispose]())

  test.each(passwords)('%s', async (_, password) => {
    stored = await hash
    const result = await authenticator.authenticate({ username: Buffer.from('alice'), password })
    expect(result).toMatchObject({ ok: false, status: 401 })
    expect(faults).toEqual([])
  })
})
