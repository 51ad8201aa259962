// The words of `htpasswd check`.
import { targetNames } from '../../check/servers.ts'
import { type Grammar, helpOption, jsonOption, type OptionTable, oneOf } from '../options/table.ts'

export const checkOptions = {
  for: {
    group: 'Users:',
    argument: 'TARGET',
    describe: `also say who cannot log in at this server and why: ${targetNames.join(', ')}`,
    read: oneOf(...targetNames),
  },
  json: jsonOption,
  help: helpOption,
} as const satisfies OptionTable

export const checkGrammar: Grammar<typeof checkOptions> = {
  name: 'check',
  synopsis: ['FILE [--for TARGET]'],
  describe: 'Lists what is wrong with a password file, line by line: what it means and how to mend it.',
  options: checkOptions,
  epilogue: 'Status 0: nothing to mend (notes do not count). 1: problems. 2: the file could not be read.',
}
