// Writes a file through to the disk, by fsync(2) on its descriptor: the file handles of Yarn's Plug'n'Play lack `sync`.
import { fsync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { promisify } from 'node:util'

/** Resolves when everything written so far is on the disk; rejects with the error of node:fs. */
export const syncFile = (handle: FileHandle): Promise<void> => promisify(fsync)(handle.fd)
