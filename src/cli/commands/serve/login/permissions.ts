// The permissions of a process of `htpasswd serve`: groups, rules and preset, from its options.
import type { AccessPolicy } from '../../../../access/policy.ts'
import type { Preset } from '../../../../access/presets/preset.ts'
import { parseRule, parseRules, type Rule } from '../../../../access/rule.ts'
import { createPolicy, type GroupLookup } from '../../../../access/rules.ts'
import { readSubjects, type Subjects } from '../../../../access/subjects.ts'
import { LiveText } from '../../../../store/live-text.ts'
import type { ValuesOf } from '../../../options/table.ts'
import { count } from '../../../terminal/output.ts'
import { staticPrefixOfCommand } from '../app/location.ts'
import type { OnReload } from '../metrics/reloads.ts'
import type { whoMayDoWhat } from '../options/permissions.ts'
import { LiveGroups } from './groups.ts'

type Notify = (text: string) => void

/** The options about permissions, of `serve` or of `rules`. */
export interface PermissionRequest {
  readonly values: Omit<ValuesOf<typeof whoMayDoWhat>, 'print-preset'> & {
    readonly 'groups-header'?: string | undefined
    readonly 'auth-endpoint'?: readonly string[]
  }
  /** The app to start. */
  readonly command: readonly string[]
}

/** The permissions by the current content of the files. */
export interface Permissions {
  /** Undefined if every user may do everything. */
  readonly access: AccessPolicy | undefined
  /** Undefined without a group file. */
  readonly groups: GroupLookup | undefined
  /** Warnings of probable mistakes. */
  warnings(): string[]
  /** Reports changes of the files until it is disposed of. */
  report(notify: Notify, onReload?: OnReload): Disposable
}

/** @throws HtpasswdError for files that cannot be read, and for an invalid line, with file and line. */
export async function openPermissions(
  request: PermissionRequest,
  env: NodeJS.ProcessEnv,
  notify: Notify,
): Promise<Permissions> {
  const { values } = request
  const groups =
    values.groups === undefined ? undefined : await LiveGroups.open(values.groups, namesGroups(values))
  const preset = await presetOf(request, env)
  const required = values.require.map(text => parseRule(text, '--require', preset))
  const parse = (bytes: Buffer, path: string) => [...required, ...parseRules(bytes, path, preset)]
  const file = values.rules === undefined ? undefined : await LiveText.open(values.rules, { parse })
  const rules = (): readonly Rule[] => file?.value ?? required
  const [readers, admins] = [values.readers, values.admins].map(text => readSubjects(text ?? 'none')) as [
    Subjects,
    Subjects,
  ]
  const hasRoles = values.readers !== undefined || values.admins !== undefined
  const hasRules = rules().length > 0
  const otherwise =
    preset !== undefined && (hasRoles || !hasRules)
      ? await presetPolicy(preset, { readers, admins, groups, notify })
      : undefined
  const isLimited = hasRules || otherwise !== undefined
  const subjects = (): Subjects[] => [readers, admins, ...rules().map(rule => rule.subjects)]
  return {
    access: isLimited ? createPolicy({ rules, groups, preset, otherwise }) : undefined,
    groups,
    warnings: () => unknownGroups(subjects(), groups),
    report: (told, onReload) => {
      const watches = [groups?.report(told, onReload), file && reportRules(file, told, onReload)]
      return {
        [Symbol.dispose]: () => {
          for (const watch of watches) watch?.[Symbol.dispose]()
        },
      }
    },
  }
}

/** Whether the names of groups are sent in a header, which a comma would split. */
const namesGroups = (values: PermissionRequest['values']): boolean =>
  values['groups-header'] !== undefined || (values['auth-endpoint'] ?? []).length > 0

async function presetOf(
  { values, command }: PermissionRequest,
  env: NodeJS.ProcessEnv,
): Promise<Preset | undefined> {
  if (values.preset === undefined) return undefined
  return loadPreset({
    graphql: values['mlflow-graphql'],
    staticPrefix: values['mlflow-static-prefix'] ?? staticPrefixOfCommand(command, env),
  })
}

async function presetPolicy(
  preset: Preset,
  {
    notify,
    ...who
  }: {
    readonly readers: Subjects
    readonly admins: Subjects
    readonly groups: GroupLookup | undefined
    readonly notify: Notify
  },
): Promise<AccessPolicy> {
  const { createPresetPolicy } = await import('../../../../access/presets/preset-policy.ts')
  return createPresetPolicy({
    preset,
    ...who,
    onUnknown: (method, pattern, assumed) =>
      notify(
        `note: ${method} ${pattern} is not in the table of ${preset.madeFrom}, and is taken for ${articles[assumed]}; ` +
          'a rule (--require) can say otherwise',
      ),
  })
}

const articles = { read: 'a read', write: 'a write', use: 'a use', admin: 'administration' } as const

/** Loads a preset only if it is asked for. */
export const loadPreset = async (
  ...options: Parameters<typeof import('../../../../access/presets/mlflow.ts')['createMlflowPreset']>
) => (await import('../../../../access/presets/mlflow.ts')).createMlflowPreset(...options)

/** A misspelled group has no members, so readers in it could write. */
function unknownGroups(subjects: readonly Subjects[], groups: LiveGroups | undefined): string[] {
  const named = new Set(subjects.flatMap(subject => subject.groups))
  if (named.size > 0 && groups === undefined)
    return [
      `group:${[...named].join(', group:')} needs --groups FILE, or logins that bring groups; no one is in it`,
    ]
  return [...named]
    .filter(name => groups?.has(name) === false)
    .map(name => `${groups?.path} has no group ${name}: no one is in it`)
}

function reportRules(
  file: LiveText<readonly Rule[]>,
  notify: Notify,
  onReload: OnReload | undefined,
): Disposable {
  return file.watch({
    onChange: () => {
      onReload?.('rules', true)
      notify(`${file.path} was read again: ${count(file.value.length, 'rule')} in force`)
    },
    onError: error => {
      onReload?.('rules', false)
      notify(`warning: ${error.message}; the rules read last stay in force`)
    },
  })
}
