// Which server checks which record; Apache, nginx, Caddy, HAProxy and the registry are asked themselves in test/interop.
import { expect, test } from 'vitest'
import { type ServerName, serverNames, servers } from '../../../src/check/servers.ts'
import { commandFor, supports } from '../../../src/check/supports.ts'

const samples = {
  bcrypt: `$2y$12$${'a'.repeat(21)}e${'b'.repeat(30)}C`,
  sha512crypt: `$6$saltstringsaltst$${'x'.repeat(86)}`,
  sha256crypt: `$5$saltstringsaltst$${'x'.repeat(43)}`,
  apr1: '$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/',
  md5crypt: '$1$r31.....$HqJZimcKQFAMYayBlzkrA/',
  ssha: '{SSHA}BfTiKqMZ4fSOvrGNCkyR5RFUwZNzYWx0',
  sha1: '{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=',
  des: 'ZU7Rz3XGxvpq6',
  plain: 'secret',
  marked: '{PLAIN}secret',
  yescrypt: '$y$j9T$abcdefgh$abc',
  bsdi: '_J9..rasmz0.F/jqjWck',
  stray: `$2y$12$${'a'.repeat(21)}f${'b'.repeat(30)}C`,
  argon2: '$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA',
} as const

/** y: checked; c: if the C library has it; a point: not. In the order of the samples. */
const table: Record<ServerName, string> = {
  //                 bc 6 5 apr 1 ssha sha des plain {PLAIN} y bsdi stray argon2
  apache: 'yyyyy.yy..cc..',
  'apache-windows': 'y..y..y.y.....',
  nginx: 'cyyyyyyy.ycc..',
  'nginx-windows': '...y.yy.yy....',
  lighttpd: 'cyyyy.yy..cc..',
  traefik: 'y..yy.y.....y.',
  caddy: 'y...........y.',
  envoy: '......y.......',
  haproxy: 'cyy.y..y..cc..',
  'oauth2-proxy': 'y.....y.....y.',
  'docker-registry': 'y...........y.',
}

test.each(serverNames)('%s', server => {
  const answers = Object.values(samples).map(hash => {
    const { ok, reason } = supports(server, hash)
    return ok ? (reason?.startsWith('if its C library') ? 'c' : 'y') : '.'
  })
  expect(answers.join('')).toBe(table[server])
})

test('Apache on Windows accepts two bcrypt prefixes', () => {
  const as = (variant: string) => supports('apache-windows', samples.bcrypt.replace('2y', variant)).ok
  expect([as('2y'), as('2a'), as('2b')]).toEqual([true, true, false])
})

test.each<[ServerName, string, string]>([
  [
    'nginx',
    'secret',
    'nginx checks sha512crypt, sha256crypt, md5crypt, des, bcrypt, apr1, sha1, ssha, not plain text',
  ],
  ['caddy', samples.apr1, 'Caddy checks bcrypt, not apr1'],
  ['envoy', samples.bcrypt, 'Envoy checks sha1, not bcrypt; Envoy refuses the whole file because of it'],
  [
    'oauth2-proxy',
    samples.des,
    'oauth2-proxy checks bcrypt, sha1, not des; if it is the last record, the whole file is refused',
  ],
  [
    'nginx-windows',
    samples.bcrypt,
    'nginx on Windows cannot check bcrypt and compares it as plain text: the user cannot log in, but everyone who can read the file can',
  ],
  [
    'apache-windows',
    '!',
    'Apache on Windows cannot check a locked record and compares it as plain text: the user cannot log in, but everyone who can read the file can',
  ],
  ['apache-windows', '', 'Apache on Windows accepts an empty password'],
  ['apache', '!', 'the record is locked'],
  ['apache', '*', 'the user is a service account, which has no password'],
  ['apache', '', 'there is no hash'],
  ['apache', '$apr1$short', 'the apr1 hash is damaged'],
  ['traefik', samples.apr1.replaceAll('$', '$$$$'), 'every $ of the apr1 hash is doubled'],
  ['nginx', `${samples.apr1} `, 'nginx reads the whitespace after the hash as part of it'],
])('%s, %j: %s', (server, hash, reason) => expect(supports(server, hash)).toEqual({ ok: false, reason }))

test('whitespace after a hash is harmless if the server trims it', () => {
  expect(supports('apache', `${samples.apr1} `)).toEqual({ ok: true })
})

test('Go ignores what follows a bcrypt hash, but not what follows {SHA}', () => {
  expect(supports('oauth2-proxy', `${samples.bcrypt} `)).toEqual({ ok: true })
  expect(supports('oauth2-proxy', `${samples.sha1} `)).toMatchObject({ ok: false })
})

test('the reason never contains the record', () => {
  for (const server of serverNames) {
    for (const hash of [...Object.values(samples), '$hunter$2', '!hunter2', 'hunter2 ']) {
      const { reason = '' } = supports(server, hash)
      expect(reason.includes(hash) || reason.includes('hunter')).toBe(false)
    }
  }
})

test('an unknown server is refused', () => {
  const error = expect.objectContaining({ code: 'ERR_OPTION' })
  expect(() => supports('iis' as ServerName, '!')).toThrow(error)
  expect(() => supports('constructor' as ServerName, '!')).toThrow(error)
})

test.each(serverNames)('%s: the advised command writes a record that the server checks', server => {
  const flag = commandFor(servers[server]).split(' ')[1]
  const made = { '-B': samples.bcrypt, '-5': samples.sha512crypt, '-m': samples.apr1, '-s': samples.sha1 }
  expect(supports(server, made[flag as keyof typeof made])).toEqual({ ok: true })
})
