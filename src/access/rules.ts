// `createRules`: decides by ordered rules which user may do what. The first rule that matches a request decides.
import { HtpasswdError, rejectUnknownKeys } from '../errors.ts'
import { memoizeByRequest } from './memoize.ts'
import { leadsElsewhere, MAX_READINGS, readingsOf } from './path-readings.ts'
import type { AccessDecision, AccessPolicy, Sender } from './policy.ts'
import type { Preset, RequestClass } from './presets/preset.ts'
import { parseRule, parseRules, type Rule } from './rule.ts'

/** Says which groups a user is in, such as `Groups` of `parseGroups` does. */
export interface GroupLookup {
  /** The names of the user's groups, in any order; empty for a user in none. */
  groupsOf(user: string): readonly string[]
  /**
   * False while the groups cannot be read. Then no user counts as a member where membership gives permissions, and
   * every user does where it takes permissions away. Default: true.
   */
  readonly isComplete?: boolean
}

/** The options of `createRules`. */
export interface RulesOptions {
  /** The groups that `group:NAME` refers to, besides those that the credentials themselves name. Default: none. */
  readonly groups?: GroupLookup | undefined
}

/**
 * Makes the policy of an ordered list of rules, `METHODS PATH SUBJECTS`. The first rule whose methods and path match the
 * request settles it: its subjects may do it, everyone else may not. A request that no rule matches is
 * refused. There are no regular expressions.
 *
 * - METHODS: a list such as `GET,POST`, or `ANY`. GET includes HEAD. OPTIONS follows the path's first rule.
 * - PATH: segments; `*` is any one segment, `**` at the end is the rest. `/docs/**` matches `/docs/`, not `/docs`.
 * - SUBJECTS: `valid-user`, `user:NAME`, `group:NAME` (any of several), or `none`.
 *
 * Paths are compared byte by byte, as they are sent. Where an app may read another path in one (`/%61dmin`, `//admin`,
 * `/x/../admin`, `/ADMIN`, `/admin/`), the first rule about each of these readings is asked, too, and one refusal is enough.
 *
 * @param rules the text of a rules file, or one rule an element.
 * @throws HtpasswdError `ERR_RECORD` for the first invalid rule, with its number, and if there is none.
 *
 * @example
 * ```js
 * import { createRules, parseGroups } from 'htpasswd-kit'
 *
 * const rules = createRules(['GET /** valid-user', 'ANY /** group:editors'], {
 *   groups: parseGroups('editors: ann\n'),
 * })
 * for (const user of ['guest', 'ann']) {
 *   console.log(rules.decide({ user, groups: [], scope: 'all' }, 'GET', '/docs/').allowed)
 *   console.log(rules.decide({ user, groups: [], scope: 'all' }, 'POST', '/docs/'))
 * }
 * ```
 *
 * ```text
 * true
 * {
 *   allowed: false,
 *   rule: 'rule 2: ANY /** group:editors',
 *   reason: 'guest may not POST /docs/: that is for group:editors'
 * }
 * true
 * { allowed: true, rule: 'rule 2: ANY /** group:editors' }
 * ```
 */
export function createRules(rules: string | readonly string[], options: RulesOptions = {}): AccessPolicy {
  rejectUnknownKeys('RulesOptions', options, ['groups'])
  const parsed =
    typeof rules === 'string' ? parseRules(rules) : rules.map((rule, i) => parseRule(rule, `rule ${i + 1}`))
  if (parsed.length === 0) throw new HtpasswdError('ERR_RECORD', 'rules expected at least one rule, got none')
  return createPolicy({ rules: () => parsed, groups: options.groups })
}

/** What a policy is made of. @internal */
export interface PolicyParts {
  /** The rules in force; none if there are no rules. */
  readonly rules?: () => readonly Rule[]
  readonly groups?: GroupLookup | undefined
  /** Classifies requests for credentials that may only read. */
  readonly preset?: Preset | undefined
  /** Decides where no rule matches. If omitted, such a request is refused as soon as there is any rule. */
  readonly otherwise?: AccessPolicy | undefined
}

/** Makes a policy that asks in this order: the scope of the credentials, the rules, `otherwise`. @internal */
export function createPolicy({ rules = () => [], groups, preset, otherwise }: PolicyParts): AccessPolicy {
  let list: readonly Rule[] = []
  let rulesAbout = findRulesAbout(list)
  return {
    classOf: (method, path) => classOf(method, path, preset),
    decide(sender, method, path) {
      if (sender.scope === 'read' && classOf(method, path, preset) !== 'read') {
        const reason = `these credentials may only read, and ${describe(method, path)} is no read`
        return { allowed: false, rule: 'scope read', reason }
      }
      const current = rules()
      if (current !== list) {
        list = current
        rulesAbout = findRulesAbout(list)
      }
      if (list.length === 0 && otherwise === undefined) return ALLOWED
      if (list.length > 0) {
        const sentBy: Member = { user: sender.user, memberOf: groupsOf(sender, groups) }
        const decision = decideByRules(rulesAbout(method, path), sentBy, method, path)
        if (decision !== undefined) return decision
      }
      if (otherwise !== undefined) return otherwise.decide(sender, method, path)
      return { allowed: false, reason: `no rule allows ${describe(method, path)}` }
    },
  }
}

const ALLOWED: AccessDecision = { allowed: true }

/**
 * The policy without rules: everything is allowed, except that credentials of scope `read` are limited to GET and HEAD.
 *
 * @internal
 */
export const withoutRules = createPolicy({})

/** Without a preset, GET and HEAD are reads. */
const classOf = (method: string, path: string, preset: Preset | undefined): RequestClass =>
  preset?.classify(method, path) ?? (method === 'GET' || method === 'HEAD' ? 'read' : 'write')

/** All groups of a sender: those of the credentials, and those of the group file. @internal */
export function groupsOf(
  { user, groups: own }: Pick<Sender, 'user' | 'groups'>,
  lookup: GroupLookup | undefined,
): readonly string[] {
  const filed = lookup?.groupsOf(user) ?? []
  return own.length === 0 ? filed : [...new Set([...own, ...filed])]
}

/** A user and all groups that the user is in. */
interface Member {
  readonly user: string
  readonly memberOf: readonly string[]
}

/** The rules that apply to one request. */
interface RulesAbout {
  /** The first one that matches the path as sent. */
  readonly asSent: Rule | undefined
  /** The first one for each reading of the path, including the path as sent. */
  readonly first: readonly Rule[]
  /** Whether some app could resolve the path to another place; then no rule allows it. */
  readonly isUnclear: boolean
}

/** Makes the function that finds the rules for a request. */
function findRulesAbout(rules: readonly Rule[]): (method: string, path: string) => RulesAbout {
  return memoizeByRequest((method, path) => {
    const readings = readingsOf(path)
    const matches = readings.map(reading => rules.find(rule => rule.matches(method, reading)))
    const loose = readings.flatMap(withoutFinalSlash).map(reading => {
      const folded = reading.toLowerCase()
      return rules.find(rule => rule.matchesFolded(method, reading, folded))
    })
    return {
      asSent: matches[0],
      first: [...new Set([...matches, ...loose])].filter(rule => rule !== undefined),
      isUnclear: readings.length > MAX_READINGS || leadsElsewhere(path),
    }
  })
}

/** Express, Connect and others ignore case and a final slash when they match routes. */
const withoutFinalSlash = (path: string): readonly string[] =>
  path.length > 1 && path.endsWith('/') ? [path, path.slice(0, -1)] : [path]

/**
 * The decision of the first rule that applies; undefined if none does.
 *
 * An app may read a path in other ways than byte by byte. So a request is refused if the first rule for any of these
 * readings refuses it, and allowed only by the first rule that matches the path as sent. A path that could be resolved
 * to another place, such as one with dot segments, is allowed by no rule.
 */
function decideByRules(
  { asSent, first, isUnclear }: RulesAbout,
  { user, memberOf }: Member,
  method: string,
  path: string,
): AccessDecision | undefined {
  const refusing = first.find(rule => !rule.subjects.includes(user, memberOf))
  if (refusing !== undefined)
    return { allowed: false, rule: nameOf(refusing), reason: refusal(refusing, user, method, path) }
  if (asSent === undefined) return undefined
  if (!isUnclear) return { allowed: true, rule: nameOf(asSent) }
  return {
    allowed: false,
    reason: `no rule allows ${describe(method, path)}: apps may read that path in different ways`,
  }
}

const nameOf = ({ source, text }: Rule): string => `${source}: ${text}`

const refusal = ({ subjects }: Rule, user: string, method: string, path: string): string =>
  subjects.isNone
    ? `${describe(method, path)} is closed to everyone`
    : `${user} may not ${describe(method, path)}: that is for ${subjects.text.replaceAll(' ', ' or ')}`

const MAX_SHOWN = 200

/** A request as part of a sentence. @internal */
export const describe = (method: string, path: string): string =>
  `${method} ${path.length > MAX_SHOWN ? `${path.slice(0, MAX_SHOWN)}…` : path}`
