// How Apache's grammar hashes a new password: by the letters, and by the record that is replaced.
import { encodeSurrogateEscape } from '../../bytes.ts'
import { RecordScan } from '../../document/record-scan.ts'
import { bcrypt } from '../../hash/formats/bcrypt.ts'
import { sha512crypt } from '../../hash/formats/sha-crypt.ts'
import { findFormat, type HashOptions } from '../../hash/options.ts'
import { readParts } from '../../store/read-parts.ts'
import { keptHashing } from '../password/kept-hashing.ts'
import { type ClassicCommand, UsageError } from './grammar.ts'

/** Apache's default cost, which scripts and servers rely on; the library's is 12. */
const CLASSIC_COST = 5
const DEFAULT_COST = bcrypt.parameter?.default ?? 12

/**
 * What the letters ask for. A long option is not Apache's, so no script of Apache's has one, and the defaults are the
 * library's.
 *
 * @throws UsageError for rounds with which Apache's command stores `*0`, a record with which nobody can log in.
 */
export function namedHashing(
  { format, work, isExtended }: ClassicCommand,
  platform: NodeJS.Platform,
): HashOptions {
  const id = format ?? (isExtended ? 'bcrypt' : 'apr1')
  // there is no crypt(3) on Windows, where Apache's command falls back to apr1
  if (id === 'des' && platform === 'win32') return { format: 'apr1' }
  if (id === 'bcrypt') return { format: id, cost: work ?? (isExtended ? DEFAULT_COST : CLASSIC_COST) }
  return withWork({ format: id }, work)
}

/**
 * The same for an update: without a letter for the format, a strong record keeps its format and cost, which apr1 would make
 * weaker.
 *
 * @throws UsageError as `namedHashing`.
 */
export async function updateHashing(command: ClassicCommand, named: HashOptions): Promise<HashOptions> {
  const { format, mode, file, user, work } = command
  if (format !== undefined || mode !== 'update' || file === undefined) return named
  const scan = await readParts(file, () => new RecordScan(encodeSurrogateEscape(user)))
  const kept = keptHashing(scan?.hash)
  return kept === undefined ? named : withWork(kept, work)
}

/** With the value of `-C` or `-r`, if the format has such a parameter. */
function withWork(options: HashOptions, work: number | undefined): HashOptions {
  const name = findFormat(options.format).parameter?.name
  if (work === undefined || name === undefined) return options
  if (name === 'rounds') checkRounds(work)
  return { ...options, [name]: work }
}

function checkRounds(rounds: number): void {
  const { min, max } = sha512crypt.parameter ?? { min: 0, max: 0 }
  if (rounds >= min && rounds <= max) return
  throw new UsageError(`argument to -r expected ${min} to ${max}, got ${rounds}`, false)
}
