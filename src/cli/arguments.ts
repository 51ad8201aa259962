// The words of the command line as bytes: Node decodes them as UTF-8 and loses what is none.

import { readFileSync } from 'node:fs'
import { type ByteString, decodeSurrogateEscape } from '../bytes.ts'
import { HtpasswdError } from '../errors.ts'

/**
 * The words with every byte kept: one that is no UTF-8 becomes a lone surrogate, as in user names.
 * Only Linux hands the bytes out a second time; elsewhere such a word is refused, for it would make another password.
 */
export function exactArguments(argv: readonly string[], commandLine = readCommandLine): string[] {
  if (!argv.some(word => word.includes('\ufffd'))) return [...argv]
  const words = commandLine()
  if (words === undefined) {
    throw new HtpasswdError(
      'ERR_USAGE',
      'arguments expected valid UTF-8; give a password in other bytes with -i',
    )
  }
  // Node's own options stand before ours
  return words.slice(-argv.length).map(decodeSurrogateEscape)
}

function readCommandLine(): ByteString[] | undefined {
  try {
    return readFileSync('/proc/self/cmdline', 'latin1').split('\0').slice(0, -1) as ByteString[]
  } catch {
    return undefined
  }
}
