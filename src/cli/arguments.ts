// The arguments of the command line with all their bytes: Node decodes them as UTF-8 and replaces what is not.
import { existsSync, readFileSync } from 'node:fs'
import { type ByteString, decodeSurrogateEscape } from '../bytes.ts'
import { HtpasswdError } from '../errors.ts'

/**
 * The arguments; a byte that is not UTF-8 becomes a lone surrogate (PEP 383), as in user names. Only Linux shows a
 * process its arguments as bytes; elsewhere such an argument is refused, because it would be another password or file.
 */
export function exactArguments(argv: readonly string[], commandLine = readCommandLine): string[] {
  if (!argv.some(argument => argument.includes('\ufffd'))) return [...argv]
  const all = commandLine()
  if (all === undefined) {
    throw new HtpasswdError(
      'ERR_USAGE',
      'arguments expected valid UTF-8; give a password in other bytes with -i',
    )
  }
  // Node's own options come before ours
  return all.slice(-argv.length).map(decodeSurrogateEscape)
}

function readCommandLine(): ByteString[] | undefined {
  try {
    return readFileSync('/proc/self/cmdline', 'latin1').split('\0').slice(0, -1) as ByteString[]
  } catch {
    return undefined
  }
}

/**
 * Refuses a path that Node would replace by another one: it encodes paths as UTF-8, and U+FFFD stands for what it cannot.
 *
 * @throws HtpasswdError `ERR_FILE_ACCESS`.
 */
export function rejectUnencodablePath(path: string | undefined): void {
  if (path === undefined) return
  if (/[\ud800-\udfff]/u.test(path))
    throw unencodable(`the path ${path} is not valid UTF-8, and Node can open no other; rename it`)
  if (path.startsWith('/') || process.platform === 'win32') return
  const folder = process.cwd()
  if (folder.includes('\ufffd') && !existsSync(folder))
    throw unencodable(
      'the path of the current folder is not valid UTF-8, and Node can open no other; rename it',
    )
}

const unencodable = (message: string): HtpasswdError => new HtpasswdError('ERR_FILE_ACCESS', message)
