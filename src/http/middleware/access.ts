// Authorization for a middleware with rules, groups or both.
import type { AccessDecision, AccessPolicy } from '../../access/policy.ts'
import { createRules, type GroupLookup, groupsOf, withoutRules } from '../../access/rules.ts'
import type { Identity } from '../../auth/identity.ts'
import { Groups, parseGroups } from '../../document/groups.ts'
import { HtpasswdError } from '../../errors.ts'
import { LiveText } from '../../store/live-text.ts'

/** The authorization options of a middleware. */
export interface AccessOptions {
  /**
   * Which user may do what: rules as `createRules` takes them, in order, or a policy that it made. They see the whole path,
   * also below a router that is mounted elsewhere. Default: every user may do everything.
   */
  readonly rules?: readonly string[] | AccessPolicy | undefined
  /** The groups of the users: the path of a group file, which is looked up at each request, or `parseGroups(…)`. */
  readonly groups?: string | GroupLookup | undefined
}

/** The policy of a middleware. */
export interface Access extends AccessPolicy {
  /** All groups of a sender. */
  groupsOf(sender: Pick<Identity, 'user' | 'groups'>): readonly string[]
}

/**
 * @param report gets the reason, once, when the group file cannot be used any more: while it cannot be read, no one is in any
 *   group; if it is invalid, the groups read last stay in force.
 * @throws HtpasswdError `ERR_OPTION` for an invalid value, `ERR_RECORD` for an invalid rule or group, `ERR_FILE_ACCESS` for a
 *   group file that cannot be read.
 */
export function createAccess(options: AccessOptions, report: (error: unknown) => void): Access {
  const lookup = toGroupLookup(options.groups, report)
  const policy = toPolicy(options.rules)
  return {
    groupsOf: sender => groupsOf(sender, lookup),
    decide: (identity, method, path) => {
      if (policy === undefined) return withoutRules.decide(identity, method, path)
      // frameworks cut off a host or a fragment, and would serve another path than the one that the rules were asked
      // about
      if (!path.startsWith('/') || path.includes('#')) return refused
      const { user, scope } = identity
      return policy.decide({ user, groups: groupsOf(identity, lookup), scope }, method, path)
    },
  }
}

const refused: AccessDecision = {
  allowed: false,
  reason: 'the request target must begin with a slash and contain no "#"',
}

function toPolicy(rules: AccessOptions['rules']): AccessPolicy | undefined {
  if (rules === undefined) return undefined
  if (Array.isArray(rules)) return createRules(rules as readonly string[])
  if (typeof rules === 'object' && typeof (rules as AccessPolicy).decide === 'function')
    return rules as AccessPolicy
  throw new HtpasswdError('ERR_OPTION', '"rules" expected an array of rules, or what createRules returns')
}

function toGroupLookup(groups: AccessOptions['groups'], report: (error: unknown) => void): GroupLookup {
  if (groups === undefined) return { groupsOf: () => [] }
  if (typeof groups === 'string' && groups !== '') return openGroups(groups, report)
  if (typeof groups === 'object' && typeof groups.groupsOf === 'function') return groups
  throw new HtpasswdError(
    'ERR_OPTION',
    '"groups" expected the path of a group file, or what parseGroups returns',
  )
}

function openGroups(path: string, report: (error: unknown) => void): GroupLookup {
  const live = LiveText.openSync<Groups>(path, { parse: parseGroups, unreadable: new Groups() })
  let reported: string | undefined
  return {
    groupsOf(user) {
      const { error } = live
      if (error !== undefined && error.message !== reported) report(error)
      reported = error?.message
      return live.value.groupsOf(user)
    },
  }
}
