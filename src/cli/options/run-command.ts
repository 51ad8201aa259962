// What every command does around its work: parses its arguments, shows its help, reports errors.
import { HtpasswdError } from '../../errors.ts'
import type { Io } from '../terminal/io.ts'
import { helpOf } from './parse.ts'
import type { Grammar, OptionTable } from './table.ts'
import { type Parsed, parseOptions } from './values.ts'

/**
 * Runs a command and returns its exit status.
 *
 * @param work is called with the checked arguments.
 * @param environment where options may come from as `HTPASSWD_…` variables; by default they may not.
 */
export function runCommand<Table extends OptionTable & { readonly help: unknown }>(
  grammar: Grammar<Table>,
  argv: readonly string[],
  io: Io,
  work: (request: Parsed<Table>) => Promise<number> | number,
  environment?: NodeJS.ProcessEnv,
): Promise<number> {
  return reportErrors(`htpasswd ${grammar.name}`, io, async () => {
    const request = parseOptions(grammar, argv, environment)
    if (!(request.values as { help: boolean }).help) return work(request)
    io.out(`${await helpOf(grammar, io.columns)}\n`)
    return 0
  })
}

/** Turns an error of this package into one message and its exit status; any other error is a defect, and is rethrown. */
export async function reportErrors(
  program: string,
  io: Pick<Io, 'err'>,
  work: () => Promise<number>,
): Promise<number> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof HtpasswdError)) throw error
    io.err(`${program}: ${error.message}\n`)
    return error.exitStatus
  }
}
