// Options of `htpasswd serve` under "Running": log, processes, configuration.
import { helpOption, oneOf, text, wholeNumber } from '../../../options/table.ts'
import type { ServeOptionTable } from './row.ts'

const group = 'Running:'

export const running = {
  log: {
    group,
    argument: 'FORMAT',
    describe: 'access log on standard output: text, json or off',
    default: 'text',
    negated: 'off',
    read: oneOf('text', 'json', 'off'),
  },
  workers: {
    group,
    argument: 'N',
    describe: 'number of processes that share the port, for more requests than one core serves',
    default: '1',
    read: wholeNumber(1, 64),
  },
  quiet: { group, describe: 'no messages but warnings and errors; the access log has --log off' },
  check: {
    group,
    describe: 'check the options and files, tell whether the app responds, and start nothing',
  },
  config: {
    group,
    argument: 'FILE',
    describe: 'JSON file with any of these options by name, and "file"',
    read: text,
  },
  help: helpOption,
} as const satisfies ServeOptionTable
