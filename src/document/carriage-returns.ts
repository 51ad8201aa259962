// Lines that end in a carriage return alone, as on old Macs: to every reader such a file is one line.
import { textStart } from './line.ts'

const LF = 10
const CR = 13

/** A record, a comment or blank; a stray carriage return within a line is not meant as its end. */
const isLine = (line: string): boolean => /:|^\s*#|^\s*$/.test(line)

/** The text with line feeds in their place; undefined where it has other line ends. */
export function withLineFeedsForCr(bytes: Buffer): Buffer | undefined {
  if (bytes.includes(LF) || !bytes.includes(CR)) return undefined
  if (!bytes.toString('latin1', textStart(bytes)).split('\r').every(isLine)) return undefined
  return bytes.map(byte => (byte === CR ? LF : byte)) as Buffer
}
