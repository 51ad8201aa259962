// The words of `htpasswd list`.
import { type Grammar, helpOption, jsonOption, type OptionTable } from '../options/table.ts'

export const listOptions = {
  weak: { group: 'Users:', describe: 'only those whose hash is weak or broken' },
  json: jsonOption,
  help: helpOption,
} as const satisfies OptionTable

export const listGrammar: Grammar<typeof listOptions> = {
  name: 'list',
  synopsis: ['FILE [PATTERN]'],
  describe:
    'Lists the users of a password file with the format of their hash, its cost or rounds, and its strength: strong is slow ' +
    'on purpose, weak is salted but fast, broken is unsalted, cut short or plain text. The hashes themselves are not shown.',
  options: listOptions,
  epilogue:
    'In PATTERN, * stands for any letters and ? for one: htpasswd list users "a*". Status 6: no user is like PATTERN.',
}
