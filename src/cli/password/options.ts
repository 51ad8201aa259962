// The options that say where a password comes from when nobody types it: the same rows wherever one is asked for.
import type { GenerateOptions } from '../../hash/generate-password.ts'
import { DEFAULT_LENGTH, DEFAULT_WORDS, passwordRanges } from '../../hash/generate-password.ts'
import { type OptionReader, type OptionTable, text, type ValuesOf, wholeNumber } from '../options/table.ts'

const group = 'Password:'

/** `words`, or a number of characters. */
const readGeneration: OptionReader<GenerateOptions> = value => {
  if (value === 'words') return { words: DEFAULT_WORDS }
  const [min, max] = passwordRanges.length
  try {
    return { length: wholeNumber(min, max)(value) }
  } catch {
    throw new Error(`expected "words" or a number of characters from ${min} to ${max}, got "${value}"`)
  }
}

export const passwordOptions = {
  generate: {
    group,
    argument: '[LENGTH|words]',
    optionalArgument: String(DEFAULT_LENGTH),
    describe: `make up the password and print it, this once: ${DEFAULT_LENGTH} letters and digits, LENGTH of them, or ${DEFAULT_WORDS} words`,
    read: readGeneration,
  },
  'generate-to': {
    group,
    argument: 'FILE',
    describe: 'write the made-up password to this new file, which only you can read, in place of printing it',
    read: text,
  },
  'password-file': {
    group,
    argument: 'FILE',
    describe: 'take the password from this file, less the line end at its end',
    read: text,
  },
  'password-env': {
    group,
    argument: 'NAME',
    describe: 'take the password from this environment variable',
    read: text,
  },
  'password-fd': {
    group,
    argument: 'N',
    describe: 'take the password from this open file descriptor, less the line end at its end',
    read: wholeNumber(0, 999_999),
  },
} as const satisfies OptionTable

/** Where the password comes from; all undefined where one is asked for. */
export type PasswordValues = ValuesOf<typeof passwordOptions>

/** What of it is about passwords that are made up. */
export type GenerationValues = Pick<PasswordValues, 'generate' | 'generate-to'>
