// Whether the caller opened a descriptor for this process: Node uses some itself, with the lowest free numbers.
import { type BigIntStats, fstatSync, writeSync } from 'node:fs'

/** Node opens its own at its start, so they have low numbers. */
const LAST_OF_NODE = 63

/** Reading one of Node's own would block for ever, or take data that Node waits for. */
export function isGivenDescriptor(fd: number): boolean {
  const stats = statOf(fd)
  if (stats === undefined) return false
  // epoll and eventfd, which Node uses, are none of these
  if (!(stats.isFile() || stats.isFIFO() || stats.isSocket() || stats.isCharacterDevice())) return false
  return !(stats.isFIFO() && isWrittenHere(stats))
}

/** Whether this process has the writing end too: that is a pipe of Node's, which never ends. */
function isWrittenHere({ dev, ino }: BigIntStats): boolean {
  // macOS gives pipes no inode number
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

/** Writing zero bytes fails if writing is not possible. */
function isWritable(fd: number): boolean {
  try {
    return writeSync(fd, Buffer.alloc(0)) === 0
  } catch {
    return false
  }
}
