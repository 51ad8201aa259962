// Reads an open descriptor, whatever is behind it: waits where somebody made it non-blocking, and stops at a limit.
import { readSync } from 'node:fs'

/** As many bytes as are there, at least one; 0 at the end. */
export function readSome(fd: number, into: Buffer): number {
  for (;;) {
    try {
      return readSync(fd, into)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      // Windows says so where a pipe was closed
      if (code === 'EOF') return 0
      if (code !== 'EAGAIN') throw error
      waitALittle()
    }
  }
}

/** All that is left to read, or the first `limit` bytes of it. */
export function readUpTo(fd: number, limit: number): Buffer {
  const bytes = Buffer.alloc(limit)
  let length = 0
  for (let size = -1; size !== 0 && length < limit; length += size)
    size = readSome(fd, bytes.subarray(length))
  return bytes.subarray(0, length)
}

/** There is nothing else to do until a descriptor is ready. */
export function waitALittle(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
}
