// Who may do what with a preset: readers read, admins do everything, everyone else reads, writes and uses.
import type { AccessPolicy, Sender } from '../policy.ts'
import { describe, type GroupLookup, groupsOf } from '../rules.ts'
import type { Subjects } from '../subjects.ts'
import type { Preset, RequestClass } from './preset.ts'

/** What `createPresetPolicy` needs. */
export interface PresetPolicyOptions {
  readonly preset: Preset
  /** `--readers`. */
  readonly readers: Subjects
  /** `--admins`; checked before the readers, so that admins stay admins with `--readers valid-user`. */
  readonly admins: Subjects
  /** The groups of the group file, besides those of the credentials. */
  readonly groups?: GroupLookup | undefined
  /** Called once for each pattern of an endpoint that is not in the table. */
  readonly onUnknown?: (method: string, pattern: string, assumed: RequestClass) => void
}

type Role = 'reader' | 'writer' | 'admin'

const permitted: Readonly<Record<Role, readonly RequestClass[]>> = {
  reader: ['read'],
  writer: ['read', 'write', 'use'],
  admin: ['read', 'write', 'use', 'admin'],
}

const effects: Readonly<Record<RequestClass, string>> = {
  read: 'reads',
  write: 'changes something',
  use: 'calls a model, which may cost money',
  admin: 'is for administrators',
}

// The limit of reported patterns: a client that invents paths must not fill the log or the memory.
const MAX_PATTERNS = 200

/** Decides by the class of the request. The scope of the credentials is checked before, by `createPolicy`. */
export function createPresetPolicy(options: PresetPolicyOptions): AccessPolicy {
  const { preset, onUnknown } = options
  const reported = new Set<string>()

  const reportUnknown = (method: string, path: string, assumed: RequestClass): void => {
    const pattern = patternOf(path)
    const key = `${method} ${pattern}`
    if (reported.has(key) || reported.size >= MAX_PATTERNS) return
    reported.add(key)
    onUnknown?.(method, pattern, assumed)
  }

  const roleOf = (sender: Pick<Sender, 'user' | 'groups'>): Role => {
    const groups = groupsOf(sender, options.groups)
    if (options.admins.includes(sender.user, groups)) return 'admin'
    if (options.readers.includes(sender.user, groups)) return 'reader'
    // while the group file cannot be read, anyone may be in a group of readers
    return options.readers.groups.length > 0 && options.groups?.isComplete === false ? 'reader' : 'writer'
  }

  return {
    decide({ user, groups: own }, method, path) {
      const known = preset.find(method, path)
      const requestClass = known ?? preset.classify(method, path)
      // browsers request pages and images of all kinds; an unknown read is reported only for the API
      if (known === undefined && (requestClass !== 'read' || path.includes('api/')))
        reportUnknown(method, path, requestClass)
      const rule = `preset ${preset.name}: ${requestClass}`
      if (requestClass === 'read') return { allowed: true, rule }

      const role = roleOf({ user, groups: own })
      if (permitted[role].includes(requestClass)) return { allowed: true, rule }
      const who = role === 'reader' ? `${user} may only read` : `${user} is not an administrator`
      const assumed = known === undefined ? ` (assumed: ${preset.madeFrom} does not have it)` : ''
      return {
        allowed: false,
        rule,
        reason: `${who}, and ${describe(method, path)} ${effects[requestClass]}${assumed}`,
      }
    },
  }
}

/** The path with everything that looks like an id or a name replaced by `*`. */
const patternOf = (path: string): string =>
  path
    .slice(0, 300)
    .split('/')
    .map(segment => (/^(?:[a-z][a-z_-]{0,40}|\d\.\d|v\d+|)$/i.test(segment) ? segment : '*'))
    .join('/')
