// What every command does around its work: parses its arguments, shows its help, reports errors.
import { ExitStatus } from '../../errors.ts'
import type { Io } from '../terminal/io.ts'
import { reportErrors } from '../terminal/output.ts'
import { asCalled } from '../terminal/program-name.ts'
import { helpOf } from './parse.ts'
import type { CommandSpec, OptionTable } from './table.ts'
import { type Parsed, parseOptions } from './values.ts'

/**
 * Runs a command and returns its exit status.
 *
 * @param work is called with the checked arguments.
 * @param environment where options may come from as `HTPASSWD_…` variables; by default they may not.
 */
export function runCommand<Table extends OptionTable & { readonly help: unknown }>(
  spec: CommandSpec<Table>,
  argv: readonly string[],
  io: Io,
  work: (request: Parsed<Table>) => Promise<number> | number,
  environment?: NodeJS.ProcessEnv,
): Promise<number> {
  const run = async (): Promise<number> => {
    const request = parseOptions(spec, argv, environment)
    if (!(request.values as { help: boolean }).help) return work(request)
    io.out(`${await helpOf(spec, io.columns)}\n`)
    return ExitStatus.ok
  }
  return reportErrors(io, run, error => `htpasswd ${spec.name}: ${asCalled(error.message)}\n`)
}
