// Options of `htpasswd serve` under "Running": log, processes, configuration.
import { accessLogFormats } from '../../../../http/guard/access-log.ts'
import { usableCores } from '../../../../platform/cores.ts'
import { duration, helpOption, oneOf, text, wholeNumber } from '../../../options/table.ts'
import { readAddress } from '../listen/address.ts'
import type { ServeOptionTable } from './row.ts'

const group = 'Running:'

const MAX_WORKERS = 64
const wholeWorkers = wholeNumber(1, MAX_WORKERS)

const workers = (value: string): number => {
  if (value === 'auto') return Math.min(MAX_WORKERS, usableCores())
  try {
    return wholeWorkers(value)
  } catch (error) {
    throw new Error(`${(error as Error).message}; or "auto"`)
  }
}

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
  metrics: {
    group,
    argument: '[HOST:]PORT',
    describe: 'show metrics for Prometheus at /metrics of this address, on 127.0.0.1 if no host is given',
    read: readAddress,
  },
  workers: {
    group,
    argument: 'N',
    describe:
      'number of processes that share the port, for more requests than one core serves; auto is one for each core that this process or its container may use',
    default: '1',
    read: workers,
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
    describe:
      'when told to stop, and after --drain-delay, let requests in flight finish for this long, and cut the rest',
    default: '10s',
    read: duration(0, 86_400),
  },
  quiet: { group, describe: 'no messages except warnings and errors; for the access log use --log off' },
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
