import { expect, test } from 'vitest'
import {
  canonicalAddress,
  isLoopbackAddress,
  networkOf,
  subnetOf,
  unmapped,
} from '../../../src/platform/ip-address.ts'

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::FFFF:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::1', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::', '0:0:0:0::/64'],
  ['1:2:3::192.0.2.1', '1:2:3:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['64:ff9b::192.0.2.33', '64:ff9b:0:0::/64'],
  ['::FFFF:c000:0207', '192.0.2.7'],
  ['::', '0:0:0:0::/64'],
  ['1:2:3:4:5:6:7::', '1:2:3:4::/64'],
])('%s is counted as %s', (address, subnet) => expect(subnetOf(address)).toBe(subnet))

test('two addresses of one /64 are one subnet, the next /64 is another', () => {
  expect(subnetOf('2001:db8:1:2::a')).toBe(subnetOf('2001:db8:1:2:ffff::b'))
  expect(subnetOf('2001:db8:1:2::a')).not.toBe(subnetOf('2001:db8:1:3::a'))
})

test.each([
  ['::ffff:127.0.0.1', '127.0.0.1'],
  ['::1', '::1'],
  ['127.0.0.1', '127.0.0.1'],
])('%s is written %s', (address, plain) => expect(unmapped(address)).toBe(plain))

test('fewer bits are a larger subnet', () => {
  expect(subnetOf('2001:db8:1:2::a', 48)).toBe('2001:db8:1::/48')
  expect(subnetOf('192.0.2.7', 48)).toBe('192.0.2.7')
})

test('what is not an address is its own subnet', () => expect(subnetOf('unix:socket')).toBe('unix:socket'))

test.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['192.0.2.7', false],
  ['::', false],
  ['localhost', false],
])('%s is a loopback address: %s', (address, expected) => expect(isLoopbackAddress(address)).toBe(expected))

test.each([
  ['2001:0DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::192.0.2.7', '::c000:207'],
  ['fe80::1%eth0', 'fe80::1'],
  ['192.0.2.7', '192.0.2.7'],
])('one spelling of %s is %s', (address, canonical) => expect(canonicalAddress(address)).toBe(canonical))

test.each([
  ['2001:db8:1:2::a', '2001:db8:1::/48'],
  ['192.0.2.7', '192.0.2.0/24'],
  ['::ffff:192.0.2.7', '192.0.2.0/24'],
])('%s is in the network %s', (address, network) => expect(networkOf(address)).toBe(network))
