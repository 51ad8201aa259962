// Options of `htpasswd serve` under "Who may do what": what users may do once they are in.
import { readRule } from '../../../../access/rule.ts'
import { readSubjects } from '../../../../access/subjects.ts'
import { oneOf, text } from '../../../options/table.ts'
import type { ServeOptionTable } from './row.ts'

const group = 'Who may do what:'

/** Checks the subjects here; they are parsed again where they are used, with the groups. */
const subjects = (value: string): string => {
  readSubjects(value)
  return value
}

const staticPrefix = (value: string): string => {
  if (/^(\/[^/\s?#]+)+$/.test(value)) return value
  throw new Error(`expected a path such as /mlflow, as MLflow's own --static-prefix has it, got "${value}"`)
}

const rule = (value: string): string => {
  // class words are checked once the preset is loaded
  if (!/^\S+\s+@/.test(value)) readRule(value, '')
  return value
}

export const whoMayDoWhat = {
  groups: {
    group,
    argument: 'FILE',
    describe: "group file (Apache's AuthGroupFile; read again when it changes)",
    read: text,
  },
  require: {
    group,
    argument: 'RULE',
    repeatable: true,
    separator: ';',
    describe:
      'who may do what: METHODS PATH SUBJECTS, such as "GET /docs/** valid-user"; the first that matches counts, what none matches is refused (repeatable)',
    read: rule,
  },
  rules: {
    group,
    argument: 'FILE',
    describe: 'more rules, one a line, after those of --require (read again when it changes)',
    read: text,
  },
  preset: {
    group,
    argument: 'APP',
    describe:
      'know which requests of the app read, write, use a paid model or administer it; mlflow is the only one',
    read: oneOf('mlflow'),
    live: true,
  },
  readers: {
    group,
    argument: 'SUBJECTS',
    describe: 'with --preset: may only read, such as "group:viewers user:bob"',
    read: subjects,
    live: true,
  },
  admins: {
    group,
    argument: 'SUBJECTS',
    describe: 'with --preset: may administer the app, which nobody else may',
    read: subjects,
    live: true,
  },
  'mlflow-graphql': {
    group,
    argument: 'WHAT',
    describe: 'with --preset mlflow: whether readers may use GraphQL, read or deny',
    default: 'read',
    read: oneOf('read', 'deny'),
    live: true,
  },
  'mlflow-static-prefix': {
    group,
    argument: 'PATH',
    describe: "with --preset mlflow: MLflow's own --static-prefix, where the guard does not start it",
    read: staticPrefix,
    live: true,
  },
  'print-preset': { group, describe: 'print the table of --preset (default mlflow), and exit' },
} as const satisfies ServeOptionTable
