// The type of the rows of options of `htpasswd serve`.
import type { GuardOptions } from '../../../../http/guard/options.ts'
import type { Option, OptionReader } from '../../../options/table.ts'

/** A row of the option table; with `guard`, its value is that option of `createGuard`. */
export interface ServeOption extends Option {
  readonly guard?: keyof GuardOptions
  /** A change in the --config file applies at SIGHUP; without this, at the next start. */
  readonly live?: true
}

/**
 * Makes a reader of the check of an option of `createGuard`; messages name what was typed, not the option of the
 * library.
 */
export const checked =
  (check: (value: string) => string): OptionReader<string> =>
  value => {
    try {
      return check(value)
    } catch (error) {
      throw new Error((error as Error).message.replace(/^"\w+" /, ''), { cause: error })
    }
  }

export type ServeOptionTable = Readonly<Record<string, ServeOption>>
