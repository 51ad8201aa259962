// Whether a descriptor is one that was opened for us: Node has some of its own, under the numbers that were free.
import { type BigIntStats, fstatSync, writeSync } from 'node:fs'

/** Node opens its own before any of ours, so they have low numbers. */
const LAST_OF_NODE = 63

/** Reading one of Node's own would wait for ever, or take from Node what it waits for. */
export function isGivenDescriptor(fd: number): boolean {
  const stats = statOf(fd)
  if (stats === undefined) return false
  // what Node waits on, epoll and eventfd, is of no kind at all
  if (!(stats.isFile() || stats.isFIFO() || stats.isSocket() || stats.isCharacterDevice())) return false
  return !(stats.isFIFO() && isWrittenHere(stats))
}

/** A pipe that we could write to ourselves never ends: Node's, of which it keeps both sides. */
function isWrittenHere({ dev, ino }: BigIntStats): boolean {
  // macOS numbers no pipes
  if (ino === 0n) return false
  for (let fd = 3; fd <= LAST_OF_NODE; fd++) {
    const stats = statOf(fd)
    if (stats?.isFIFO() && stats.dev === dev && stats.ino === ino && isWritable(fd)) return true
  }
  return false
}

function statOf(fd: number): BigIntStats | undefined {
  try {
    return fstatSync(fd, { bigint: true })
  } catch {
    return undefined
  }
}

/** Writing nothing is refused where writing is. */
function isWritable(fd: number): boolean {
  try {
    return writeSync(fd, Buffer.alloc(0)) === 0
  } catch {
    return false
  }
}
