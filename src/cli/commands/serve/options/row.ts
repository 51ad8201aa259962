// What a row of the options of `htpasswd serve` is.
import type { GuardOptions } from '../../../../http/guard/options.ts'
import type { Option, OptionReader } from '../../../options/table.ts'

/** A row; with `guard`, its value is that option of `createGuard`. */
export interface ServeOption extends Option {
  readonly guard?: keyof GuardOptions
  /** A change in the --config file applies at SIGHUP; without this, at the next start. */
  readonly live?: true
}

/** The check of an option of `createGuard` as a reader: the message names what was typed, not the option of the library. */
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
