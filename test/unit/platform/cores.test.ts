import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import { usableCores } from '../../../src/platform/cores.ts'

const V1 = '/sys/fs/cgroup/cpu/cpu.cfs_'

test.each<[string, Record<string, string>, number]>([
  ['no control groups, as on macOS and Windows', {}, 8],
  ['a container without a limit', { '/sys/fs/cgroup/cpu.max': 'max 100000\n' }, 8],
  ['a container with two cores', { '/sys/fs/cgroup/cpu.max': '200000 100000\n' }, 2],
  ['one and a half', { '/sys/fs/cgroup/cpu.max': '150000 100000\n' }, 2],
  ['a tenth', { '/sys/fs/cgroup/cpu.max': '10000 100000\n' }, 1],
  ['more than there are', { '/sys/fs/cgroup/cpu.max': '9900000 100000\n' }, 8],
  [
    'CPUQuota= of a systemd unit',
    {
      '/proc/self/cgroup': '0::/system.slice/guard.service\n',
      '/sys/fs/cgroup/system.slice/guard.service/cpu.max': '300000 100000\n',
      '/sys/fs/cgroup/system.slice/cpu.max': 'max 100000\n',
    },
    3,
  ],
  [
    'the slice above it',
    { '/proc/self/cgroup': '0::/a/b\n', '/sys/fs/cgroup/a/cpu.max': '100000 100000\n' },
    1,
  ],
  ['version 1', { [`${V1}quota_us`]: '400000\n', [`${V1}period_us`]: '100000\n' }, 4],
  ['version 1 without a limit', { [`${V1}quota_us`]: '-1\n', [`${V1}period_us`]: '100000\n' }, 8],
])('of eight cores: %s', (_, files, cores) => {
  expect(usableCores(8, path => files[path] ?? '')).toBe(cores)
})

test('here they are at least one, and no more than Node counts', () => {
  expect(usableCores()).toBeGreaterThanOrEqual(1)
  expect(usableCores()).toBeLessThanOrEqual(availableParallelism())
})
