// Who may do what with a preset: readers read, admins do everything, everyone else reads, writes and uses.
import type { Preset, RequestClass } from './preset.ts'

/** The part of an identity that is judged. */
interface Sender {
  readonly user: string
  readonly groups: readonly string[]
  readonly scope: 'all' | 'read'
}

type Decision =
  | { readonly allowed: true; readonly rule: string }
  | { readonly allowed: false; readonly rule: string; readonly reason: string }

/** Whether a user with these groups is meant. */
type IsMeant = (user: string, groups: readonly string[]) => boolean

/** What `createPresetPolicy` needs. */
export interface PresetPolicyOptions {
  readonly preset: Preset
  /** `--readers`. */
  readonly isReader: IsMeant
  /** `--admins`; asked first, so that `--readers valid-user` leaves the admins theirs. */
  readonly isAdmin: IsMeant
  /** The groups of the group file, besides those of the credentials. */
  readonly groupsOf?: (user: string) => readonly string[]
  /** Told once for each pattern of an endpoint that the table lacks. */
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

// So many patterns are reported at most: a client that invents paths must fill neither the log nor the memory.
const MAX_PATTERNS = 200

/** Decides by the class of the request that the preset says. */
export function createPresetPolicy(options: PresetPolicyOptions): {
  decide(sender: Sender, method: string, path: string): Decision
} {
  const { preset, groupsOf = () => [], onUnknown } = options
  const reported = new Set<string>()

  const reportUnknown = (method: string, path: string, assumed: RequestClass): void => {
    const pattern = patternOf(path)
    const key = `${method} ${pattern}`
    if (reported.has(key) || reported.size >= MAX_PATTERNS) return
    reported.add(key)
    onUnknown?.(method, pattern, assumed)
  }

  return {
    decide({ user, groups: own, scope }, method, path) {
      const known = preset.find(method, path)
      const requestClass = known ?? preset.classify(method, path)
      // browsers ask for pages and pictures of all kinds; an unknown read is worth a line only in the API
      if (known === undefined && (requestClass !== 'read' || path.includes('api/')))
        reportUnknown(method, path, requestClass)
      const rule = `preset ${preset.name}: ${requestClass}`
      if (requestClass === 'read') return { allowed: true, rule }

      const groups = [...own, ...groupsOf(user)]
      const role = options.isAdmin(user, groups)
        ? 'admin'
        : options.isReader(user, groups)
          ? 'reader'
          : 'writer'
      if (scope === 'all' && permitted[role].includes(requestClass)) return { allowed: true, rule }
      const who =
        scope === 'read'
          ? 'This token may only read'
          : role === 'reader'
            ? `${user} may only read`
            : `${user} is not an administrator`
      const assumed = known === undefined ? ` (assumed: ${preset.madeFrom} does not have it)` : ''
      return { allowed: false, rule, reason: `${who}; ${method} ${path} ${effects[requestClass]}${assumed}.` }
    },
  }
}

/** The path with what looks like an id or a name replaced by `*`. */
const patternOf = (path: string): string =>
  path
    .slice(0, 300)
    .split('/')
    .map(segment => (/^(?:[a-z][a-z_-]{0,40}|\d\.\d|v\d+|)$/i.test(segment) ? segment : '*'))
    .join('/')
