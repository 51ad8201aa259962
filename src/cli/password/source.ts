// Gets the password from the source that an option names: a file, an environment variable, a descriptor, a generator.
import { closeSync, openSync } from 'node:fs'
import { type ByteString, decodeMarkedText, toByteString } from '../../bytes.ts'
import { HtpasswdError } from '../../errors.ts'
import { type GenerateOptions, generatePassword } from '../../hash/generate-password.ts'
import { readError } from '../../store/file-error.ts'
import { readUpTo } from '../terminal/descriptor.ts'
import { isGivenDescriptor } from './given-descriptor.ts'
import { MAX_INPUT_BYTES, passwordIn, rejectLong } from './input.ts'
import { type GenerationValues, type PasswordValues, passwordOptions } from './options.ts'

/** Enough for a password one byte too long in any encoding: a byte order mark, and two bytes for each character. */
const ENOUGH_BYTES = 2 + 2 * (MAX_INPUT_BYTES + 1)

/** The given password options, in the form in which they are typed. */
export const givenOptions = (values: PasswordValues): string[] =>
  Object.keys(passwordOptions)
    .filter(name => values[name as keyof PasswordValues] !== undefined)
    .map(name => `--${name}`)

/**
 * @param others other sources that were given, such as `-b`.
 * @throws HtpasswdError `ERR_USAGE` if there are several.
 */
export function rejectSeveral(values: PasswordValues, others: readonly string[] = []): void {
  const options = givenOptions(values)
  // --generate-to belongs to --generate
  const sources = [
    ...others,
    ...options.filter(name => name !== '--generate-to' || !options.includes('--generate')),
  ]
  if (sources.length < 2) return
  throw new HtpasswdError(
    'ERR_USAGE',
    `the password can come from one source only, got ${sources.join(' and ')}`,
  )
}

/** How to generate the password; undefined if it is not generated. */
export const generationOf = (values: GenerationValues): GenerateOptions | undefined =>
  values.generate ?? (values['generate-to'] === undefined ? undefined : {})

/** The bytes of the password; undefined if none of the options was given. */
export function passwordFrom(values: PasswordValues, env: NodeJS.ProcessEnv): ByteString | undefined {
  const generation = generationOf(values)
  if (generation !== undefined) return toByteString(generatePassword(generation))
  const { 'password-file': file, 'password-env': name, 'password-fd': fd } = values
  if (file !== undefined)
    return rejectEmpty(passwordIn(readFile(file)), `--password-file expected a password in ${file}`)
  if (name !== undefined)
    return rejectEmpty(
      fromVariable(name, env),
      `--password-env NAME expected a password in the variable ${name}`,
    )
  if (fd !== undefined)
    return rejectEmpty(passwordIn(readGiven(fd)), `--password-fd expected a password on the descriptor ${fd}`)
  return undefined
}

function rejectEmpty(password: ByteString, expected: string): ByteString {
  if (password.length > 0) return password
  throw new HtpasswdError('ERR_INTERRUPTED', `${expected}, got none; nothing was changed`)
}

function readFile(path: string): Buffer {
  try {
    const fd = openSync(path, 'r')
    try {
      return readText(fd)
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    throw unreadable(`--password-file expected a readable file; ${readError(error, path).message}`, error)
  }
}

function readGiven(fd: number): Buffer {
  if (!isGivenDescriptor(fd))
    throw unreadable(
      `--password-fd expected an open descriptor, but ${fd} is not open; open it with ${fd}< FILE`,
    )
  try {
    return readText(fd)
  } catch (error) {
    throw unreadable(
      `--password-fd expected a readable descriptor, got ${fd}: ${(error as Error).message}`,
      error,
    )
  }
}

/** Removes a byte order mark and decodes UTF-16, so that a file from Windows means the same password everywhere. */
const readText = (fd: number): Buffer => decodeMarkedText(readUpTo(fd, ENOUGH_BYTES), () => Buffer.alloc(0))

const unreadable = (message: string, cause?: unknown): HtpasswdError =>
  new HtpasswdError('ERR_FILE_ACCESS', `${message}; nothing was changed`, { cause })

/** The character into which Node turns invalid UTF-8 and lone surrogates. */
const REPLACEMENT_CHARACTER = toByteString('\ufffd')

function fromVariable(name: string, env: NodeJS.ProcessEnv): ByteString {
  // env inherits the properties of every object, such as "constructor"
  const text: unknown = env[name]
  const password = toByteString(typeof text === 'string' ? text : '')
  if (password.includes(REPLACEMENT_CHARACTER)) {
    throw new HtpasswdError(
      'ERR_USAGE',
      `--password-env expected UTF-8 in the variable ${name}; give a password in other bytes with --password-file`,
    )
  }
  rejectLong(password, MAX_INPUT_BYTES, '(>256)')
  return password
}
