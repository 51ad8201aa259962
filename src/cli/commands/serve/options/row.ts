// What a row of the options of `htpasswd serve` is.
import type { GuardOptions } from '../../../../http/guard/options.ts'
import type { Option } from '../../../options/table.ts'

/** A row; with `guard`, its value is that option of `createGuard`. */
export interface ServeOption extends Option {
  readonly guard?: keyof GuardOptions
}

export type ServeOptionTable = Readonly<Record<string, ServeOption>>
