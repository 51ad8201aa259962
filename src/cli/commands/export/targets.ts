// The programs that users can be exported to, and their formats: one row each.
import { encodeSurrogateEscape } from '../../../bytes.ts'
import type { ServerName } from '../../../check/servers.ts'
import { supports } from '../../../check/supports.ts'
import { describeHash } from '../../../hash/describe.ts'

/** A record to be copied. */
export interface ExportedRecord {
  readonly user: string
  readonly hash: string
}

/** A target of `htpasswd export --for`. */
export interface Target {
  /** Why the program could not check the hash; undefined if it can. */
  readonly problem: (record: ExportedRecord) => string | undefined
  /** The text to copy. `name` names the Secret, the middleware or the service. */
  readonly format: (records: readonly ExportedRecord[], name: string) => string
}

const lineOf = ({ user, hash }: ExportedRecord): string => `${user}:${hash}`

/** Compose replaces `$NAME` in every value; `$$` is a dollar. */
const withDoubledDollars = (text: string): string => text.replaceAll('$', '$$$$')

/** What YAML does not allow or takes for a newline (5.1, 5.4), and braces, because Traefik's file is a template of Go's. */
const ESCAPED = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff{}]/g

/** A YAML scalar in double quotes (YAML 1.2 section 5.7): JSON's escapes are a part of YAML's. */
const quoted = (text: string): string =>
  JSON.stringify(text).replace(
    ESCAPED,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

const checkedBy =
  (server: ServerName) =>
  ({ user, hash }: ExportedRecord): string | undefined => {
    const { ok, reason } = supports(server, hash)
    return ok ? notText({ user }) : reason
  }

/** A block shows one user per line; quotation marks are used for text that a block cannot contain. */
const blockOf = (lines: readonly string[]): string =>
  lines.some(line => ESCAPED_IN_BLOCK.test(line))
    ? quoted(lines.join('\n'))
    : ['|-', ...lines.map(line => `        ${line}`)].join('\n')
const ESCAPED_IN_BLOCK = /[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/

/** A configuration is UTF-8: the bytes of another name cannot be written into it. */
const notText = ({ user }: Pick<ExportedRecord, 'user'>): string | undefined =>
  /\p{Surrogate}/u.test(user) ? 'the name is not UTF-8' : undefined

/** This package reads every record; a locked record is a user without a password. */
function forItself({ hash }: ExportedRecord): string | undefined {
  const { state } = describeHash(hash)
  return ['usable', 'locked', 'service-account'].includes(state) ? undefined : `the record is ${state}`
}

/** By the names that `--for` takes. */
export const targets = {
  kubernetes: {
    problem: forItself,
    format: (records, name) => {
      const lines = records.map(record => `${lineOf(record)}\n`).join('')
      const bytes = Buffer.from(encodeSurrogateEscape(lines), 'latin1')
      return [
        '# kubectl apply -f FILE; mount it as a folder, not with subPath, so that changes arrive',
        'apiVersion: v1',
        'kind: Secret',
        'metadata:',
        `  name: ${name}`,
        'type: Opaque',
        'data:',
        `  .htpasswd: ${bytes.toString('base64')}`,
        '',
      ].join('\n')
    },
  },
  compose: {
    problem: record => forItself(record) ?? notText(record),
    format: (records, name) =>
      [
        'services:',
        `  ${name}:`,
        '    environment:',
        `      HTPASSWD_USERS: ${blockOf(records.map(record => withDoubledDollars(lineOf(record))))}`,
        '',
      ].join('\n'),
  },
  traefik: {
    problem: record =>
      checkedBy('traefik')(record) ??
      (/^[\s\u0085]/.test(record.user) ? 'Traefik drops the whitespace before the name' : undefined),
    format: (records, name) =>
      [
        '# dynamic configuration; as a label of a compose file every $ has to be doubled',
        'http:',
        '  middlewares:',
        `    ${name}:`,
        '      basicAuth:',
        '        users:',
        ...records.map(record => `          - ${quoted(lineOf(record))}`),
        '',
      ].join('\n'),
  },
  caddy: {
    problem: record => checkedBy('caddy')(record) ?? notInCaddyfile(record),
    format: records =>
      [
        '# before Caddy 2.8 it is called basicauth',
        'basic_auth {',
        ...records.map(({ user, hash }) => `\t${caddyWord(user)} ${hash}`),
        '}',
        '',
      ].join('\n'),
  },
} as const satisfies Record<string, Target>

/** Caddy replaces placeholders everywhere, and between quotation marks a backslash before one ends the word. */
function notInCaddyfile({ user }: ExportedRecord): string | undefined {
  if (/^[{}]$|\{.*\}/.test(user)) return 'braces in the name have a meaning in a Caddyfile'
  if (user === 'import') return 'a line of a Caddyfile that begins with import reads a file'
  if (user.includes('`') && /\\(?:"|$)/.test(user)) return 'a Caddyfile cannot hold the name'
  return undefined
}

/**
 * A word of a Caddyfile (its lexer is caddyconfig/caddyfile/lexer.go): between backquotes everything is itself, between
 * quotation marks all but `\"`.
 */
function caddyWord(word: string): string {
  if (/^[\w.@+-]+$/.test(word)) return word
  return word.includes('`') ? `"${word.replaceAll('"', '\\"')}"` : `\`${word}\``
}
