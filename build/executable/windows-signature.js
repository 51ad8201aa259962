// Removes the signature of a Windows executable: it is Node's, and no longer valid once the command is inside.
import { closeSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'

// Microsoft's "PE Format": the offset of the header, and in it the fifth data directory, "Certificate Table"
const HEADER_AT = 0x3c
const OPTIONAL_HEADER = 24
const PE32_PLUS = 0x20b
const CERTIFICATE_TABLE = 112 + 4 * 8

/** Clears the directory entry and cuts off the certificates, which are at the end of the file. */
export function removeSignature(path) {
  const file = openSync(path, 'r+')
  try {
    const read = (at, length) => {
      const bytes = Buffer.alloc(length)
      readSync(file, bytes, 0, length, at)
      return bytes
    }
    const header = read(HEADER_AT, 4).readUInt32LE() + OPTIONAL_HEADER
    if (read(header, 2).readUInt16LE() !== PE32_PLUS)
      throw new Error(`expected a 64-bit Windows executable, got ${path}`)
    const directory = header + CERTIFICATE_TABLE
    const certificates = read(directory, 4).readUInt32LE()
    if (certificates === 0) return
    writeSync(file, Buffer.alloc(8), 0, 8, directory)
    ftruncateSync(file, certificates)
  } finally {
    closeSync(file)
  }
}
