// The options for a password that is not typed at a prompt: the same rows in every command that needs one.
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
    describe: `generate the password and print it, this once: ${DEFAULT_LENGTH} letters and digits, LENGTH of them, or ${DEFAULT_WORDS} words`,
    read: readGeneration,
  },
  'generate-to': {
    group,
    argument: 'FILE',
    describe:
      'write the generated password to this new file, which only you can read, instead of printing it',
    read: text,
  },
  'password-file': {
    group,
    argument: 'FILE',
    describe: 'take the password from this file, without its last newline',
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
    describe: 'take the password from this open file descriptor, without its last newline',
    read: wholeNumber(0, 999_999),
  },
} as const satisfies OptionTable

/** The hint for a password after the user name, as Apache's `-b` takes it. */
export const noPassword =
  'the password is not among them: it is asked for, or comes from --password-file, --password-env or --generate'

/** The sources of the password; all are undefined if it is asked for. */
export type PasswordValues = ValuesOf<typeof passwordOptions>

/** The options for generated passwords. */
export type GenerationValues = Pick<PasswordValues, 'generate' | 'generate-to'>
