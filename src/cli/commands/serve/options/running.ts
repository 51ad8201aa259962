// Options of `htpasswd serve` under "Running": log, processes, configuration.
import { accessLogFormats } from '../../../../http/guard/access-log.ts'
import { duration, helpOption, oneOf, text, wholeNumber } from '../../../options/table.ts'
import type { ServeOptionTable } from './row.ts'

const group = 'Running:'

export const running = {
  log: {
    group,
    argument: 'FORMAT',
    describe: "access log: text, json (then every line is JSON), combined (Apache's) or off",
    default: 'text',
    negated: 'off',
    read: oneOf(...accessLogFormats),
  },
  'log-file': {
    group,
    argument: 'FILE',
    describe:
      'append the access log to this file instead of standard output; USR1 opens it anew after a rotation',
    read: text,
  },
  workers: {
    group,
    argument: 'N',
    describe: 'number of processes that share the port, for more requests than one core serves',
    default: '1',
    read: wholeNumber(1, 64),
  },
  'ready-upstream': {
    group,
    describe: '/.htpasswd/ready also says whether the app accepts connections',
    guard: 'readyUpstream',
    live: true,
  },
  'drain-delay': {
    group,
    argument: 'TIME',
    describe:
      'when told to stop, say 503 at /.htpasswd/ready for this long and still accept requests, so that a load balancer can turn to others',
    default: '0',
    read: duration(0, 3600),
  },
  grace: {
    group,
    argument: 'TIME',
    describe: 'then let requests in flight finish for this long, and cut the rest',
    default: '10s',
    read: duration(0, 86_400),
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
