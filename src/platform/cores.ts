// How many CPU cores this process may use, as the limits of a container count: Node 20 takes no notice of them.
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/**
 * The cores of the CPU affinity, or those of the CPU time that a control group grants, rounded up, if these are fewer:
 * cpu.max of cgroups(7) version 2, in the group of this process and those above it, or cpu.cfs_quota_us of version 1.
 */
export function usableCores(available = availableParallelism(), read = readText): number {
  const [, path = '/'] = /^0::(\/.*)$/m.exec(read('/proc/self/cgroup')) ?? []
  const names = path.split('/').filter(name => name !== '')
  const groups = [...names.keys(), names.length].map(length => names.slice(0, length).join('/'))
  const limits = [
    ...groups.map(group => read(`/sys/fs/cgroup/${group && `${group}/`}cpu.max`)),
    `${read('/sys/fs/cgroup/cpu/cpu.cfs_quota_us')} ${read('/sys/fs/cgroup/cpu/cpu.cfs_period_us')}`,
  ].map(text => {
    const [, quota, period] = /^\s*(\d+)\s+(\d+)\s*$/.exec(text) ?? []
    return quota === undefined ? Number.POSITIVE_INFINITY : Math.ceil(Number(quota) / Number(period))
  })
  return Math.max(1, Math.min(available, ...limits))
}
