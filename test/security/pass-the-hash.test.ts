// A leaked file must not be a list of passwords: no stored text opens by being sent as the password.
// (http-auth, Apache on Windows and nginx on Windows compare what they do not know as plain text.)
import { expect, test } from 'vitest'
import { Authenticator } from '../../src/auth/authenticator.ts'
import { hashPassword } from '../../src/hash/hash-password.ts'
import { formats } from '../../src/hash/registry.ts'

const made = await Promise.all(
  formats.map(async ({ id }) => hashPassword('geheim', { format: id, ...(id === 'bcrypt' && { cost: 4 }) })),
)
const stored = [
  ...made.filter(hash => hash !== 'geheim'),
  'plain text',
  '{PLAIN}geheim',
  '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$RdescudvJCsgt3ub+b0dWRWJTmaaJObG',
  '$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7',
  '$2y$04$short',
  '!',
  '*',
  '',
]

test.each(stored)('%s does not open itself', async hash => {
  await using authenticator = new Authenticator(() => hash)
  const result = await authenticator.authenticate({
    username: Buffer.from('alice'),
    password: Buffer.from(hash, 'latin1'),
  })
  expect(result).toMatchObject({ ok: false, status: 401 })
})
