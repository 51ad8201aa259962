// The table of servers: complete, and each row with its source.
import { expect, test } from 'vitest'
import { serverNames, servers } from '../../../src/check/servers.ts'

test('holds the servers that the command names', () => {
  expect(serverNames).toEqual([
    'apache',
    'apache-windows',
    'nginx',
    'nginx-windows',
    'lighttpd',
    'traefik',
    'caddy',
    'envoy',
    'haproxy',
    'oauth2-proxy',
    'docker-registry',
  ])
})

test.each(serverNames)('%s: takes some format, and says where that can be read', name => {
  const { takes, source } = servers[name]
  expect(Object.keys(takes).length).toBeGreaterThan(0)
  expect(source.length).toBeGreaterThan(0)
  for (const url of source) expect(url).toMatch(/^https:\/\//)
})
