// What users may do: the access policy of a process of `htpasswd serve`, from its options.
import type { AccessPolicy } from '../../../access/policy.ts'
import { createPolicy } from '../../../access/rules.ts'
import { readSubjects } from '../../../access/subjects.ts'
import { staticPrefixOfCommand } from './app-location.ts'
import type { ServeRequest } from './request.ts'

/** Undefined if every user may do everything. */
export async function openPermissions(
  { values, command }: ServeRequest,
  env: NodeJS.ProcessEnv,
  notify: (text: string) => void,
): Promise<AccessPolicy | undefined> {
  if (values.preset === undefined) return undefined
  const preset = await loadPreset({
    graphql: values['mlflow-graphql'],
    staticPrefix: values['mlflow-static-prefix'] ?? staticPrefixOfCommand(command, env),
  })
  const { createPresetPolicy } = await import('../../../access/presets/preset-policy.ts')
  const policy = createPresetPolicy({
    preset,
    readers: readSubjects(values.readers ?? 'none'),
    admins: readSubjects(values.admins ?? 'none'),
    onUnknown: (method, pattern, assumed) =>
      notify(
        `note: ${method} ${pattern} is not in the table of ${preset.madeFrom}, and is taken for ${articles[assumed]}; ` +
          'a rule (--require) can say otherwise',
      ),
  })
  return createPolicy({ preset, otherwise: policy })
}

const articles = { read: 'a read', write: 'a write', use: 'a use', admin: 'administration' } as const

/** Loaded only when it is asked for. */
export const loadPreset = async (
  ...options: Parameters<typeof import('../../../access/presets/mlflow.ts')['createMlflowPreset']>
) => (await import('../../../access/presets/mlflow.ts')).createMlflowPreset(...options)
