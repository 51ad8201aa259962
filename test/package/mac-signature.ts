// Reads the signature of a macOS program field by field, as xnu's kern/cs_blobs.h and mach-o/loader.h have them.
import { createHash } from 'node:crypto'
import { expect } from 'vitest'

type Fields = Record<string, number | string>

/** Reads a struct by a table of names and widths; a width of 16 is a name. */
function read(bytes: Buffer, at: number, order: 'LE' | 'BE', table: string): Fields {
  const fields: Fields = {}
  for (const row of table.trim().split(/\s+/)) {
    const [name, width] = row.split(':') as [string, string]
    if (width === '1') fields[name] = bytes.readUInt8(at)
    if (width === '4') fields[name] = bytes[`readUInt32${order}`](at)
    if (width === '8') fields[name] = Number(bytes[`readBigUInt64${order}`](at))
    if (width === '16') fields[name] = bytes.toString('latin1', at, at + 16).replace(/\0+$/, '')
    at += Number(width)
  }
  return fields
}

const machHeader = 'magic:4 cputype:4 cpusubtype:4 filetype:4 ncmds:4 sizeofcmds:4 flags:4 reserved:4'
const segmentCommand = 'cmd:4 cmdsize:4 segname:16 vmaddr:8 vmsize:8 fileoff:8 filesize:8'
const linkEditDataCommand = 'cmd:4 cmdsize:4 dataoff:4 datasize:4'
const codeDirectory = `magic:4 length:4 version:4 flags:4 hashOffset:4 identOffset:4 nSpecialSlots:4 nCodeSlots:4
  codeLimit:4 hashSize:1 hashType:1 platform:1 pageSize:1 spare2:4 scatterOffset:4 teamOffset:4 spare3:4 codeLimit64:8
  execSegBase:8 execSegLimit:8 execSegFlags:8`

function commandsOf(file: Buffer) {
  const { ncmds, sizeofcmds } = read(file, 0, 'LE', machHeader) as Record<string, number>
  let at = 32
  const commands = Array.from({ length: ncmds as number }, () => {
    const [cmd, from] = [file.readUInt32LE(at), at]
    at += file.readUInt32LE(at + 4)
    return read(file, from, 'LE', cmd === 0x19 ? segmentCommand : linkEditDataCommand)
  })
  expect(at).toBe(32 + (sizeofcmds as number))
  return commands
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

/** All that the kernel looks at before it lets the file run. */
export function expectSigned(file: Buffer) {
  const commands = commandsOf(file)
  const { dataoff, datasize, ...command } = commands.at(-1) as Record<string, number>
  expect(command).toEqual({ cmd: 0x1d, cmdsize: 16 })
  // it is the last thing in the file and in __LINKEDIT, at a place that codesign's libstuff wants
  const [start, size] = [dataoff as number, datasize as number]
  expect([start % 16, start + size]).toEqual([0, file.length])
  const linkEdit = commands.find(({ segname }) => segname === '__LINKEDIT') as Record<string, number>
  expect((linkEdit.fileoff as number) + (linkEdit.filesize as number)).toBe(file.length)
  expect(linkEdit.vmsize).toBe(Math.ceil((linkEdit.filesize as number) / 0x4000) * 0x4000)

  const signature = file.subarray(start)
  const { magic, length, count } = read(signature, 0, 'BE', 'magic:4 length:4 count:4')
  expect({ magic, count }).toEqual({ magic: 0xfade0cc0, count: 3 })
  expect(size - (length as number)).toBeLessThan(16)
  const slots = [0, 1, 2].map(i => read(signature, 12 + 8 * i, 'BE', 'type:4 offset:4'))
  const blobs = slots.map(({ offset }, i) =>
    signature.subarray(offset as number, (slots[i + 1]?.offset ?? length) as number),
  )
  for (const blob of blobs) expect(blob.readUInt32BE(4)).toBe(blob.length)
  // CSSLOT_CODEDIRECTORY, _REQUIREMENTS, _SIGNATURESLOT: as codesign has them, without requirements and certificates
  expect(slots.map(({ type }) => type)).toEqual([0, 2, 0x10000])
  const [directory, requirements, certificates] = blobs as [Buffer, Buffer, Buffer]
  expect(requirements.toString('hex')).toBe('fade0c010000000c00000000')
  expect(certificates.toString('hex')).toBe('fade0b0100000008')

  const text = commands.find(({ segname }) => segname === '__TEXT') as Record<string, number>
  const pages = Math.ceil(start / 4096)
  expect(read(directory, 0, 'BE', codeDirectory)).toEqual({
    magic: 0xfade0c02,
    length: 88 + 'htpasswd\0'.length + 32 * (2 + pages),
    version: 0x20400,
    flags: 2, // CS_ADHOC
    hashOffset: 88 + 'htpasswd\0'.length + 32 * 2,
    identOffset: 88,
    nSpecialSlots: 2,
    nCodeSlots: pages,
    codeLimit: start,
    hashSize: 32,
    hashType: 2, // CS_HASHTYPE_SHA256
    platform: 0,
    pageSize: 12,
    spare2: 0,
    scatterOffset: 0,
    teamOffset: 0,
    spare3: 0,
    codeLimit64: 0,
    execSegBase: text.fileoff,
    execSegLimit: text.filesize,
    execSegFlags: 1, // CS_EXECSEG_MAIN_BINARY
  })
  expect(directory.toString('latin1', 88, 97)).toBe('htpasswd\0')
  const hashes = Array.from({ length: 2 + pages }, (_, i) =>
    directory.toString('hex', 97 + 32 * i, 129 + 32 * i),
  )
  // the special slots count backwards from the pages: 2 are the requirements, 1 is an Info.plist, and there is none
  expect(hashes.slice(0, 2)).toEqual([sha256(requirements), '0'.repeat(64)])
  const wrong = hashes.slice(2).flatMap((hash, i) => {
    const page = file.subarray(4096 * i, Math.min(4096 * (i + 1), start))
    return hash === sha256(page) ? [] : [i]
  })
  expect(wrong).toEqual([])
}
