// The words of `htpasswd fix`.
import { type Grammar, helpOption, jsonOption, type OptionTable } from '../options/table.ts'

export const fixOptions = {
  yes: { group: 'Running:', alias: 'y', describe: 'do not ask' },
  'dry-run': { group: 'Running:', describe: 'only show what would change' },
  json: jsonOption,
  help: helpOption,
} as const satisfies OptionTable

export const fixGrammar: Grammar<typeof fixOptions> = {
  name: 'fix',
  synopsis: ['FILE'],
  describe:
    'Mends what needs no password: UTF-16 and byte order mark, CRLF and CR, a missing last line end, blanks around a record, $$ from a ' +
    'compose file, names that come twice (the first record stays, the one that Apache and nginx look at), and a file that ' +
    'others can write. Shows the difference, asks, and keeps the old file as FILE.bak.',
  options: fixOptions,
  epilogue:
    'Status 0: mended, or nothing to mend. 1: the file could not be read or written; with --dry-run, there is something to ' +
    'mend. 4: not confirmed, nothing was changed.',
}
