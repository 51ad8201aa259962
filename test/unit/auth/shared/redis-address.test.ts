// --redis-url: the accepted forms, and messages without the password.
import { expect, test } from 'vitest'
import { parseRedisUrl } from '../../../../src/auth/shared/redis-address.ts'

test.each([
  ['redis://127.0.0.1', '127.0.0.1:6379'],
  ['redis://:pass%40word@redis.example:7000/2', 'redis.example:7000'],
  ['rediss://user:secret@redis.example', 'redis.example:6379'],
  ['redis://[::1]:6380', '[::1]:6380'],
  ['unix:///run/redis/redis.sock', '/run/redis/redis.sock'],
])('%s is called %s in messages', (url, name) => {
  expect(parseRedisUrl(url)).toEqual({ url, name })
})

test('sentinels, with the login of the master', () => {
  expect(parseRedisUrl('rediss+sentinel://:secret@a.example,[::1]:26380/mymaster/1')).toEqual({
    url: 'rediss://:secret@master.invalid/1',
    name: 'mymaster of the sentinels a.example,[::1]:26380',
    sentinels: {
      servers: [
        { host: 'a.example', port: 26379 },
        { host: '::1', port: 26380 },
      ],
      master: 'mymaster',
    },
  })
})

test.each([
  '127.0.0.1:6379',
  'http://:secret@127.0.0.1',
  'redis://',
  'redis://:secret@host/database',
  'redis+sentinel://:secret@host',
  'redis+sentinel://:secret@host:port/master',
  'unix:',
])('%s is refused, without its password', text => {
  expect(() => parseRedisUrl(text)).toThrow(/^expected redis:\/\/(?!.*secret)/)
})
