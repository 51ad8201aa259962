// The options of `htpasswd import`.
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
// the commands verify no more than that
const { min: minRounds = 0, verifyMax: maxRounds = 0 } = sha512crypt.parameter ?? {}

export const importOptions = {
  format: {
    group: reading,
    argument: 'csv|jsonl|lines',
    describe: 'format of SOURCE; by default known from its extension, such as .csv, or its first line',
    read: oneOf('csv', 'jsonl', 'lines'),
  },
  values: {
    group: reading,
    argument: 'auto|hashes|passwords',
    describe:
      'what the values of the users are; auto: a hash if it begins like one ($…, {SHA}), otherwise a password',
    default: 'auto',
    read: oneOf('auto', 'hashes', 'passwords'),
  },
  'on-conflict': {
    group: reading,
    argument: 'fail|skip|update',
    describe:
      'users who exist already or are listed twice: fail, keep the hash (skip), or set the new one (update)',
    default: 'fail',
    read: oneOf('fail', 'skip', 'update'),
  },
  hash: {
    group: hashing,
    argument: 'FORMAT',
    describe: `format of new hashes: ${hashFormats.join(', ')}`,
    default: bcrypt.id,
    read: oneOf(...hashFormats),
  },
  cost: {
    group: hashing,
    argument: 'N',
    describe: `cost of bcrypt, ${minCost} to ${maxCost}, each step doubles the time; default ${bcrypt.parameter?.default}`,
    read: wholeNumber(minCost, maxCost),
  },
  rounds: {
    group: hashing,
    argument: 'N',
    describe: `rounds of sha512crypt and sha256crypt, ${minRounds} to ${maxRounds}; default ${sha512crypt.parameter?.default}`,
    read: wholeNumber(minRounds, maxRounds),
  },
  generate: {
    ...passwordOptions.generate,
    describe: 'generate passwords for rows without one, and print them once as user:password',
  },
  'generate-to': {
    ...passwordOptions['generate-to'],
    describe:
      'write the generated passwords to this new file, which only you can read, instead of printing them',
  },
  'in-place': { ...inPlaceOption, describe: 'write into the existing FILE instead of replacing it' },
  'dry-run': { group: 'Running:', describe: 'check and report everything, hash and write nothing' },
  json: jsonOption,
  help: helpOption,
} as const satisfies OptionTable

export const importSpec: CommandSpec<typeof importOptions> = {
  name: 'import',
  synopsis: ['[FILE] SOURCE', '[FILE] < SOURCE'],
  describe: [
    'Adds the users of SOURCE (default: standard input) to FILE, all or none; creates FILE if it is missing.',
    'Without FILE it is .htpasswd, or the file that HTPASSWD_FILE names; one argument that ends in .csv, .tsv, .json, .jsonl or .ndjson is SOURCE.',
    'SOURCE is CSV with a header "user,password" or "user,hash" or without one, JSON lines, or user:password lines.',
  ].join('\n'),
  options: importOptions,
  examples: [
    'htpasswd import users team.csv --generate words',
    'htpasswd import users old-users --on-conflict skip',
  ],
  epilogue: [
    'Exit status:',
    '  0  done',
    '  1  a file cannot be read or written',
    '  2  a mistake in the command',
    '  6  users exist already, or names cannot be stored; nothing else is wrong',
    '  7  something else in SOURCE or FILE is wrong',
  ].join('\n'),
}
