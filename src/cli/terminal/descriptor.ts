// Reads an open descriptor of any kind: waits if it is non-blocking, and stops at a limit.
import { readSync } from 'node:fs'

/** Reads the bytes that are available, at least one. @returns how many; 0 at the end. */
export function readSome(fd: number, into: Buffer): number {
  for (;;) {
    try {
      return readSync(fd, into)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      // Windows: the pipe was closed
      if (code === 'EOF') return 0
      if (code !== 'EAGAIN') throw error
      waitALittle()
    }
  }
}

/** Reads to the end, at most `limit` bytes. */
export function readUpTo(fd: number, limit: number): Buffer {
  const bytes = Buffer.alloc(limit)
  let length = 0
  for (let size = -1; size !== 0 && length < limit; length += size)
    size = readSome(fd, bytes.subarray(length))
  return bytes.subarray(0, length)
}

/** Blocks for 5 ms: there is nothing else to do until the descriptor is ready. */
export function waitALittle(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
}
