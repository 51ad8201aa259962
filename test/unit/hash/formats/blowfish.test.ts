// Our Blowfish against bcryptjs wherever both can go.
import bcryptjs from 'bcryptjs'
import { expect, test } from 'vitest'
import { bcryptDigest } from '../../../../src/hash/formats/blowfish.ts'

const salt = Buffer.from(bcryptjs.decodeBase64('abcdefghijklmnopqrstuu', 16))

test.each(['', 'a', 'secret', 'pässwörd', 'x'.repeat(72), 'x'.repeat(100), '😀'.repeat(18)])(
  '%j as bcryptjs',
  async password => {
    const digest = await bcryptDigest('2b', Buffer.from(password), salt, 4, async () => {})
    const expected = bcryptjs.hashSync(password, '$2b$04$abcdefghijklmnopqrstuu').slice(29)
    expect(bcryptjs.encodeBase64([...digest], 23)).toBe(expected)
  },
)

test('the event loop gets its turn', async () => {
  let turns = 0
  await bcryptDigest('2y', Buffer.from('x'), salt, 8, async () => void turns++)
  expect(turns).toBe(2 ** 8 / 64)
})

test('the old sign bug is in $2x$ only', async () => {
  const digest = async (variant: string) =>
    Buffer.from(await bcryptDigest(variant, Buffer.from([0xa3]), salt, 4, async () => {})).toString('hex')
  expect(await digest('2y')).toBe(await digest('2b'))
  expect(await digest('2x')).not.toBe(await digest('2y'))
})
