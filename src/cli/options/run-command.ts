// What every command of ours does around its work: reads its words, shows its help, says what went wrong.
import { HtpasswdError } from '../../errors.ts'
import type { Io } from '../terminal/io.ts'
import { helpOf } from './parse.ts'
import type { Grammar, OptionTable } from './table.ts'
import { type Parsed, parseOptions } from './values.ts'

/**
 * Runs a command and returns its exit status.
 *
 * @param work is given the checked words.
 */
export async function runCommand<Table extends OptionTable & { readonly help: unknown }>(
  grammar: Grammar<Table>,
  argv: readonly string[],
  io: Io,
  work: (request: Parsed<Table>) => Promise<number> | number,
): Promise<number> {
  try {
    const request = parseOptions(grammar, argv)
    if ((request.values as { help: boolean }).help) {
      io.out(`${await helpOf(grammar)}\n`)
      return 0
    }
    return await work(request)
  } catch (error) {
    if (!(error instanceof HtpasswdError)) throw error
    io.err(`htpasswd ${grammar.name}: ${error.message}\n`)
    return error.exitStatus
  }
}
