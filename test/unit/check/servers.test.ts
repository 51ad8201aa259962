// The table of servers: complete, and each row with its source.
import { expect, test } from 'vitest'
import { targetNames, targets } from '../../../src/check/servers.ts'

test('holds the servers that the command names', () => {
  expect(targetNames).toEqual([
    'apache',
    'apache-windows',
    'nginx',
    'nginx-windows',
    'traefik',
    'caddy',
    'envoy',
    'haproxy',
    'oauth2-proxy',
    'docker-registry',
  ])
})

test.each(targetNames)('%s: takes some format, and says where that can be read', name => {
  const { takes, source } = targets[name]
  expect(Object.keys(takes).length).toBeGreaterThan(0)
  expect(source.length).toBeGreaterThan(0)
  for (const url of source) expect(url).toMatch(/^https:\/\//)
})
