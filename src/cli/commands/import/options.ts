// The words of `htpasswd import`.
import { bcrypt } from '../../../hash/formats/bcrypt.ts'
import { sha512crypt } from '../../../hash/formats/sha-crypt.ts'
import { type FormatId, formats } from '../../../hash/registry.ts'
import {
  type CommandSpec,
  helpOption,
  inPlaceOption,
  jsonOption,
  type OptionTable,
  oneOf,
  wholeNumber,
} from '../../options/table.ts'
import { passwordOptions } from '../../password/options.ts'

const reading = 'Reading:'
const hashing = 'Hashing:'

type HashFormatId = Exclude<FormatId, 'plaintext'>
const hashFormats = formats.map(({ id }) => id).filter((id): id is HashFormatId => id !== 'plaintext')
const { min: minCost = 0, max: maxCost = 0 } = bcrypt.parameter ?? {}
// more than that no program of ours checks
const { min: minRounds = 0, verifyMax: maxRounds = 0 } = sha512crypt.parameter ?? {}

export const importOptions = {
  format: {
    group: reading,
    argument: 'csv|jsonl|lines',
    describe: 'what SOURCE is; without it its ending says so, such as .csv, or its first line',
    read: oneOf('csv', 'jsonl', 'lines'),
  },
  values: {
    group: reading,
    argument: 'auto|hashes|passwords',
    describe:
      'what stands behind the users; auto is a hash where it has the mark of one ($…, {SHA}), else a password',
    default: 'auto',
    read: oneOf('auto', 'hashes', 'passwords'),
  },
  'on-conflict': {
    group: reading,
    argument: 'fail|skip|update',
    describe:
      'users who are there already, or come twice, are a mistake, stay as they are, or get the new hash',
    default: 'fail',
    read: oneOf('fail', 'skip', 'update'),
  },
  hash: {
    group: hashing,
    argument: 'FORMAT',
    describe: `how passwords are hashed: ${hashFormats.join(', ')}`,
    default: bcrypt.id,
    read: oneOf(...hashFormats),
  },
  cost: {
    group: hashing,
    argument: 'N',
    describe: `of bcrypt, ${minCost} to ${maxCost}, each step doubles the time; without it ${bcrypt.parameter?.default}`,
    read: wholeNumber(minCost, maxCost),
  },
  rounds: {
    group: hashing,
    argument: 'N',
    describe: `of sha512crypt and sha256crypt, ${minRounds} to ${maxRounds}; without it ${sha512crypt.parameter?.default}`,
    read: wholeNumber(minRounds, maxRounds),
  },
  generate: {
    ...passwordOptions.generate,
    describe: 'generate passwords for rows that have none, and print them as user:password, this once',
  },
  'generate-to': {
    ...passwordOptions['generate-to'],
    describe:
      'write the generated passwords to this new file, which only you can read, instead of printing them',
  },
  'in-place': { ...inPlaceOption, describe: 'write into the existing FILE instead of replacing it' },
  'dry-run': { group: 'Running:', describe: 'check everything and report, but hash and write nothing' },
  json: jsonOption,
  help: helpOption,
} as const satisfies OptionTable

export const importSpec: CommandSpec<typeof importOptions> = {
  name: 'import',
  synopsis: ['FILE [SOURCE]'],
  describe: [
    'Puts the users of SOURCE (default: standard input) into FILE, all or none; makes FILE where it is missing.',
    'SOURCE is CSV with a header "user,password" or "user,hash" or without one, JSON lines, or user:password lines.',
  ].join('\n'),
  options: importOptions,
  epilogue: [
    'Exit status:',
    '  0  done',
    '  1  a file cannot be read or written',
    '  2  a mistake in the command',
    '  6  users who are there already, or names that cannot be stored; else all is well',
    '  7  something in SOURCE, or FILE itself, is not understood',
  ].join('\n'),
}
