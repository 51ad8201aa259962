// Other systems' hashes are recognised, and passwords of people and generators are not taken for one.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foreignHash, likelyForeignHash } from '../../../src/hash/foreign.ts'
import { generatePassword } from '../../../src/hash/generate-password.ts'

/** Of libxcrypt, computed for the password "secret". */
const libxcrypt: [hash: string, name: string][] = [
  ['$y$j9T$abcdefghijklmnopqrstu.$7uryFExhLbAhrpK1WytVzeNObCUVaK3VoKccP3fJEIB', 'yescrypt'],
  ['$gy$j9T$abcdefghijklmnopqrstu.$1s.TBXqOEDUKTM0p34w/5gMZfyrqbWRUh9/6Jmsd2X5', 'gost-yescrypt'],
  ['$7$CU..../....abcdefghijklmnopqrst$lLQ1coD/uxpno4Yp6QjEymmi/s0H8WcS9jLrsgieCS/', 'scrypt'],
  ['$sha1$1000$abcdefgh$ji8ESnkwjcTjo4hThodnLYyi.3yG', 'sha1crypt'],
  ['$md5,rounds=500$abcdefgh$$jsL/UKsuYq2iQOTk7T.x.0', 'sunmd5'],
  ['_J9..rasmz0.F/jqjWck', 'BSDi DES'],
  ['$3$$878d8014606cda29677a44efa1353fc7', 'NT'],
]

/** Of other programs. */
const others: [hash: string, name: string][] = [
  ['$65NyWfTtG.eQ', 'DES of verdaccio'],
  ['$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo', 'argon2'],
  ['$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E', 'scrypt'],
  ['$pbkdf2-sha256$29000$N2YMIWQsBWBMae09x1jrPQ$1t8iyB2A.WF/Z5JZv.lfCIhXXN33N23OSgQYThBYRfk', 'PBKDF2'],
  ['$bcrypt-sha256$v=2,t=2b,r=12$n79VH.0Q2TMWmt3Oqt9uku$Kq4Noyk3094Y2QlB8NdRT8SvGiI4ft2', 'bcrypt-sha256'],
  ['$P$B984LuECJN3iRSFeXY0QKHTFpw4zhv1', 'phpass'],
  ['$S$DugzRqCfSGfDAbMoWFMdVI3KTlWtxaJlRpjvJmrwWTcRGVbVrJ8R', 'Drupal'],
  ['$wp$2y$10$abcdefghijklmnopqrstuuMmTxU5HrGxEJhWmQ0yQvIhQWdDZ0zQK', 'WordPress'],
  ['pbkdf2_sha256$260000$saltsalt$YlZ2Vggtqdc61YjArZuoApoBh9JNGYoDRBUGu6tcJQo=', 'Django'],
  ['sha1$a1976$a36cc8cbf81742a8fb52e221aaeab48ed7f58ab4', 'Django'],
  ['pbkdf2:sha256:150000$J0Ov0x8r$1fc0a8dfa3b1e3f7ea43e9ca1ebad7e8d1b1b6a8', 'werkzeug'],
  ['scrypt:32768:8:1$saltsalt$abcdef0123456789abcdef0123456789', 'werkzeug'],
  ['SCRAM-SHA-256$4096:c2FsdA==$aGFzaA==:aGFzaA==', 'SCRAM'],
  ['{SSHA512}c2FsdHNhbHQ', '{SSHA512}'],
]

/** Only a list of users and passwords is judged by these. */
const likely: [value: string, name: string][] = [
  ['abNANd1rDfiNc', 'DES'],
  ['abNANd1rDfiNc:autocreated 2018-06-15T12:54:26.029Z', 'DES'],
  ['5ebe2294ecd0e0f08eab7690d2a6ee69', 'a hexadecimal digest'],
  ['5EBE2294ECD0E0F08EAB7690D2A6EE69', 'a hexadecimal digest'],
  ['e5e9fa1ba31ecd1ae84f75caaa474f3a663f05f4', 'a hexadecimal digest'],
  ['2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b', 'a hexadecimal digest'],
  ['Private:5d41402abc4b2a76b9719d911017c592', 'a hexadecimal digest'],
  ['5d41402abc4b2a76b9719d911017c592:saltsalt', 'a hexadecimal digest'],
  ['1000:AAD3B435B51404EEAAD3B435B51404EE:31D6CFE0D16AE931B73C59D7E0C089C0:[U  ]:', 'a hexadecimal digest'],
  ['*14E65567ABDB5135D0CFD9A70B3032C179A49EE7', 'MySQL'],
  ['md555d5bd0f1a5ee0d0fdcb5d2b9b0c3c2d', 'PostgreSQL'],
  [
    'AQAAAAEAACcQAAAAEJPR6dNv0r0ZkGqkGdZ1bYwq0m9hE8Jt5b3r9yYv1cU2mXo8p7d9q6s5t4u3v2w1xw==',
    'ASP.NET Identity',
  ],
  ['5en6G6MezRroT3XKqkdPOmY/BfQ=', 'a base64 digest'],
  ['{PLAIN}secret', '{PLAIN}'],
  ['{ssha}abc', '{ssha}'],
  ['{x-issha, 1024}abc', '{x-issha, 1024}'],
  ['$9$abcdefghijkl', 'an unknown scheme'],
  ['custom$saltsalt$0123abcdXYZ0123abcdXYZ', 'salted, algorithm$salt$hash'],
  ['x:0:0:root:/root:/bin/bash', 'a line of /etc/passwd'],
  ['sha1:64000:18:c2FsdHNhbHRzYWx0:aGFzaGhhc2hoYXNoaGFzaA', 'PBKDF2'],
]

test.each(libxcrypt)('%s is of libxcrypt', (hash, name) => {
  expect(foreignHash(hash)).toEqual({ name, libxcrypt: true })
  expect(likelyForeignHash(hash)).toEqual({ name, libxcrypt: true })
})

test.each(others)('%s', (hash, name) => {
  expect(foreignHash(hash)).toEqual({ name })
  expect(likelyForeignHash(hash)).toEqual({ name })
  // fields of other programs may follow
  expect(likelyForeignHash(`${hash}:19000:0:99999`)).toMatchObject({ name })
})

test.each(likely)('%s, in a list of passwords', (value, name) => {
  expect(foreignHash(value)).toBeUndefined()
  expect(likelyForeignHash(value)).toEqual({ name })
})

test.each([
  'wonderland',
  'correct horse battery staple',
  'a:b:c',
  '$y$ money',
  '$money$rich',
  '{x}y',
  'pa$$word$1',
  '!now or never',
  'Tr0ub4dor&3',
  '1234567890123',
  '550e8400-e29b-41d4-a716-446655440000',
  'caf\xe9:5:more',
  'https://user:pw@example.com/',
])('%j is a password', password => expect(likelyForeignHash(password)).toBeUndefined())

test('generated passwords are passwords', () => {
  for (let i = 0; i < 500; i++) {
    expect(likelyForeignHash(generatePassword())).toBeUndefined()
    expect(likelyForeignHash(generatePassword({ words: 4 }))).toBeUndefined()
  }
})

test('the name never contains the value', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 8 }), text => {
      for (const value of [text, `$1a$${text}`, `md5$${text}$${text}${text}`]) {
        expect(likelyForeignHash(value)?.name.includes(text) ?? false).toBe(false)
      }
    }),
  )
})
