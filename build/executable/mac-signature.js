// Signs a macOS executable ad hoc, as `codesign --sign -` does: Apple silicon runs no unsigned executable, and no Mac runs
// one whose signature does not match its content.
// Formats: Apple's mach-o/loader.h for the file, xnu's kern/cs_blobs.h for the signature. The signature contains what
// LLVM's linker writes (lld/MachO/SyntheticSections.cpp, CodeSignatureSection) and the two blobs that codesign adds.
// It has no entitlements: those of Node are exceptions from the hardened runtime (Apple, "Porting just-in-time compilers
// to Apple silicon"), which this signature does not request. Node's own tests of single executable applications sign them
// in the same way (test/common/sea.js).
import { createHash } from 'node:crypto'

const MH_MAGIC_64 = 0xfeedfacf
const HEADER = 32
const LC_SEGMENT_64 = 0x19
const SEGMENT = 72
const LC_CODE_SIGNATURE = 0x1d
const COMMAND = 16
/** The page size of Apple silicon; codesign rounds to it on every Mac. */
const MEMORY_PAGE = 0x4000

const CSMAGIC = {
  requirements: 0xfade0c01,
  codeDirectory: 0xfade0c02,
  embeddedSignature: 0xfade0cc0,
  blobWrapper: 0xfade0b01,
}
const CSSLOT = { codeDirectory: 0, requirements: 2, signature: 0x10000 }
const CS_SUPPORTSEXECSEG = 0x20400
const CS_ADHOC = 2
const CS_HASHTYPE_SHA256 = 2
const CS_EXECSEG_MAIN_BINARY = 1
const CODE_DIRECTORY = 88
/** One hash covers 4096 bytes, on Apple silicon too, whose memory pages are four times as large. */
const HASH_PAGE_BITS = 12

const roundUp = (size, to) => Math.ceil(size / to) * to

/** @returns {Buffer} the signed file. @param {Buffer} file @param {string} identifier the name in the signature */
export function signAdHoc(file, identifier) {
  const { text, linkEdit, commandsEnd } = layoutOf(file)
  const code = Buffer.alloc(roundUp(file.length, 16))
  file.copy(code)
  // only for its size: the header, which the final hashes cover, contains that size
  const size = roundUp(signatureOf(code, text, identifier).length, 16)
  // one more command, and __LINKEDIT up to the end
  code.writeUInt32LE(file.readUInt32LE(16) + 1, 16)
  code.writeUInt32LE(file.readUInt32LE(20) + COMMAND, 20)
  for (const [i, word] of [LC_CODE_SIGNATURE, COMMAND, code.length, size].entries())
    code.writeUInt32LE(word, commandsEnd + 4 * i)
  const linkEditSize = code.length + size - linkEdit.offset
  code.writeBigUInt64LE(BigInt(roundUp(linkEditSize, MEMORY_PAGE)), linkEdit.at + 32)
  code.writeBigUInt64LE(BigInt(linkEditSize), linkEdit.at + 48)
  return Buffer.concat([code, signatureOf(code, text, identifier)], code.length + size)
}

/** The two segments that are needed, and where another load command goes. */
function layoutOf(file) {
  if (file.readUInt32LE() !== MH_MAGIC_64) throw new Error('expected a 64-bit macOS executable')
  const segments = {}
  let at = HEADER
  for (let left = file.readUInt32LE(16); left > 0; left--) {
    const type = file.readUInt32LE(at)
    if (type === LC_CODE_SIGNATURE) throw new Error('expected no signature: postject takes it off')
    if (type === LC_SEGMENT_64) {
      const name = file.toString('latin1', at + 8, at + 24).replace(/\0+$/, '')
      const [offset, size] = [40, 48].map(field => Number(file.readBigUInt64LE(at + field)))
      segments[name] = { at, offset, size }
    }
    at += file.readUInt32LE(at + 4)
  }
  const { __TEXT: text, __LINKEDIT: linkEdit } = segments
  // the load commands are at the start of __TEXT, before its first section
  if (at + COMMAND > file.readUInt32LE(text.at + SEGMENT + 48))
    throw new Error(`expected ${COMMAND} bytes of free space after the load commands`)
  if (linkEdit.offset + linkEdit.size !== file.length)
    throw new Error('expected __LINKEDIT at the end of the file')
  return { text, linkEdit, commandsEnd: at }
}

function signatureOf(code, text, identifier) {
  const requirements = blob(CSMAGIC.requirements, words(0))
  return superBlob([
    [CSSLOT.codeDirectory, codeDirectory(code, text, identifier, requirements)],
    [CSSLOT.requirements, requirements],
    // no certificate
    [CSSLOT.signature, blob(CSMAGIC.blobWrapper)],
  ])
}

function superBlob(entries) {
  const contents = entries.map(([, content]) => content)
  const start = 12 + 8 * entries.length
  const index = entries.flatMap(([slot], i) => [
    slot,
    contents.slice(0, i).reduce((sum, { length }) => sum + length, start),
  ])
  return blob(CSMAGIC.embeddedSignature, words(entries.length, ...index), ...contents)
}

function codeDirectory(code, text, identifier, requirements) {
  const name = Buffer.from(`${identifier}\0`)
  // special slots, last first: the requirements, and an Info.plist, which does not exist
  const special = [sha256(requirements), Buffer.alloc(32)]
  const pages = []
  for (let at = 0; at < code.length; at += 1 << HASH_PAGE_BITS)
    pages.push(sha256(code.subarray(at, at + (1 << HASH_PAGE_BITS))))
  const nameOffset = CODE_DIRECTORY
  const hashOffset = nameOffset + name.length + 32 * special.length
  return blob(
    CSMAGIC.codeDirectory,
    words(CS_SUPPORTSEXECSEG, CS_ADHOC, hashOffset, nameOffset, special.length, pages.length, code.length),
    Buffer.of(32, CS_HASHTYPE_SHA256, 0, HASH_PAGE_BITS),
    // no scattered pages, no team
    words(0, 0, 0, 0),
    // the first number is a code limit beyond 4 GB
    longWords(0, text.offset, text.size, CS_EXECSEG_MAIN_BINARY),
    ...[name, ...special, ...pages],
  )
}

const sha256 = bytes => createHash('sha256').update(bytes).digest()

function blob(magic, ...content) {
  const length = content.reduce((sum, part) => sum + part.length, 8)
  return Buffer.concat([words(magic, length), ...content], length)
}

// a signature is big-endian on every processor
function words(...numbers) {
  const bytes = Buffer.alloc(4 * numbers.length)
  for (const [i, number] of numbers.entries()) bytes.writeUInt32BE(number, 4 * i)
  return bytes
}

const longWords = (...numbers) => words(...numbers.flatMap(number => [0, number]))
