// Password or hash: by the column, by the option, by the prefix.
import { expect, test } from 'vitest'
import { importedUser, type SourceRow, type Values } from '../../../../../src/cli/commands/import/row.ts'
import { hashPassword } from '../../../../../src/hash/hash-password.ts'
import { formats } from '../../../../../src/hash/registry.ts'

const SHA = '{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ='
const MD5 = '$1$r31.....$HqJZimcKQFAMYayBlzkrA/'
const of = (row: { password?: string; hash?: string; value?: string }, values: Values = 'auto') =>
  importedUser({ line: 3, user: 'alice', ...row } as SourceRow, values)
const row = { line: 3, user: 'alice' }

test.each<[string, Parameters<typeof of>[0], Values, object]>([
  ['a prefix is a hash', { value: SHA }, 'auto', { hash: SHA }],
  ['no prefix is a password', { value: 'wonderland' }, 'auto', { password: 'wonderland' }],
  [
    '13 letters are a password if their last cannot end DES',
    { value: 'abJnggxhB/yWJ' },
    'auto',
    { password: 'abJnggxhB/yWJ' },
  ],
  [
    '13 letters are a password where the option says so',
    { value: 'abJnggxhB/yWI' },
    'passwords',
    { password: 'abJnggxhB/yWI' },
  ],
  ['{CRYPT} is taken off', { value: `{CRYPT}${MD5}` }, 'auto', { hash: MD5 }],
  ['{crypt} of DES', { value: '{crypt}abJnggxhB/yWI:x' }, 'auto', { hash: 'abJnggxhB/yWI' }],
  ['{CRYPT} in a column of hashes', { hash: `{CRYPT}${MD5}` }, 'auto', { hash: MD5 }],
  ['{CRYPT} with --values hashes', { value: `{CRYPT}${MD5}` }, 'hashes', { hash: MD5 }],
  ['{CRYPT} with --values passwords', { value: `{CRYPT}${MD5}` }, 'passwords', { password: `{CRYPT}${MD5}` }],
  [
    '13 letters are a hash where the option says so',
    { value: 'abJnggxhB/yWI' },
    'hashes',
    { hash: 'abJnggxhB/yWI' },
  ],
  ['a prefix is a password where the option says so', { value: SHA }, 'passwords', { password: SHA }],
  ['locked records are kept where the option says so', { value: '*' }, 'hashes', { hash: '*' }],
  ['colons are part of a password', { value: 'a:b:c' }, 'auto', { password: 'a:b:c' }],
  ['a third field is not part of a hash', { value: `${SHA}:Alice:x` }, 'auto', { hash: SHA }],
  ['nor of one by the option', { value: '*:19000:0' }, 'hashes', { hash: '*' }],
  ['a short text behind a dollar is a password', { value: '$y$ money' }, 'auto', { password: '$y$ money' }],
  ['braces alone are a password', { value: '{x}y' }, 'auto', { password: '{x}y' }],
  [
    'an exclamation mark may begin a password',
    { value: '!now or never' },
    'auto',
    { password: '!now or never' },
  ],
  ['bytes of a password stay', { value: 'caf\xe9' }, 'auto', { password: 'caf\xe9' }],
  ['the column says password', { password: 'wonderland' }, 'auto', { password: 'wonderland' }],
  ['the column says hash', { hash: SHA }, 'passwords', { hash: SHA }],
  ['the option is about a column "password" too', { password: SHA }, 'hashes', { hash: SHA }],
  ['an empty one is none', { password: '', hash: SHA }, 'auto', { hash: SHA }],
  ['nothing is nothing', { value: '' }, 'auto', {}],
])('%s', (_what, given, values, expected) => expect(of(given, values)).toEqual({ ...row, ...expected }))

test.each<[string, Parameters<typeof of>[0], RegExp]>([
  [
    'damaged',
    { value: SHA.slice(0, -2) },
    /^expected a whole sha1 hash, got a damaged one; say what it is with --values/,
  ],
  ['cut bcrypt', { value: '$2y$10$abc' }, /whole bcrypt hash/],
  [
    'a hash in the column of passwords',
    { password: SHA },
    /^expected a password, got a sha1 hash; name the column/,
  ],
  ['argon2', { value: '$argon2id$v=19$m=65536,t=3$c2FsdA' }, /hash of another system/],
  [
    'yescrypt',
    { value: '$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7' },
    /hash of another system/,
  ],
  ['{SSHA512}', { value: '{SSHA512}c2FsdHNhbHQ' }, /hash of another system/],
  ['DES', { value: 'abNANd1rDfiNc' }, /another system \(DES\)/],
  ['DES with a third field', { value: 'abNANd1rDfiNc:autocreated 2018-06-15T12:54:26.029Z' }, /\(DES\)/],
  ['BSDi', { value: '_J9..rasmz0.F/jqjWck' }, /\(BSDi DES\)/],
  ['verdaccio', { value: '$65NyWfTtG.eQ:autocreated 2018' }, /\(DES of verdaccio\)/],
  ['MD5', { value: '5ebe2294ecd0e0f08eab7690d2a6ee69' }, /\(a hexadecimal digest\)/],
  [
    'MD5 in a column of passwords',
    { password: '5ebe2294ecd0e0f08eab7690d2a6ee69' },
    /\(a hexadecimal digest\)/,
  ],
  ['{PLAIN}', { value: '{PLAIN}secret' }, /\(\{PLAIN\}\)/],
  ['{CRYPT} of an unknown format', { value: '{CRYPT}$y$j9T$abc$abcdefgh' }, /another system/],
  [
    'locked',
    { value: '!' },
    /may be a locked record; say what it is with --values hashes or --values passwords/,
  ],
  ['locked with its hash', { value: '!$6$abc$def' }, /may be a locked record/],
  ['locked, of the file of Linux', { value: '*:19000:0:99999:7:::' }, /may be a locked record/],
  ['both', { password: 'p', hash: SHA }, /^expected a password or a hash, got both$/],
])('%s is refused, without a secret', (_what, given, problem) => {
  const result = of(given)
  expect(result).toEqual({ line: 3, problem: expect.stringMatching(problem) })
  for (const secret of Object.values(given))
    if (secret.length > 1) expect(JSON.stringify(result)).not.toContain(secret)
})

test.each(formats.map(({ id }) => id).filter(id => id !== 'plaintext' && id !== 'des'))(
  'a hash of %s has its prefix',
  async format => {
    const hash = await hashPassword('wonderland', format === 'bcrypt' ? { format, cost: 4 } : { format })
    expect(of({ value: hash })).toEqual({ ...row, hash })
  },
)
