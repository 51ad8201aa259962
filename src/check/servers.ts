// The servers that read password files or their records: what each one checks and how it reads, one row each, with sources.
import type { FormatId } from '../hash/registry.ts'

/** What one server does with a password file. */
export interface Server {
  readonly title: string
  /** How it gets the file. */
  readonly reads: string
  /** Records are copied into its configuration, so that what is around them in the file does not matter. */
  readonly byHand?: true
  /** The formats that it checks; `libcrypt` if that depends on its C library (libxcrypt and musl have bcrypt). */
  readonly takes: Partial<Record<FormatId, true | 'libcrypt'>>
  /** The bcrypt prefixes that it accepts, if not all. */
  readonly bcryptVariants?: readonly string[]
  /** What it does with other formats: denies, calls crypt(3), compares as plain text, or refuses the whole file. */
  readonly others: 'denied' | 'crypt' | 'compared' | 'refused'
  /** Refuses the whole file if its last record has another format. */
  readonly refusesLast?: true
  /** Whether it accepts `{PLAIN}password`. */
  readonly takesPlainMark?: true
  /** Which record of a duplicate user it uses. */
  readonly duplicates: 'first' | 'last' | 'refused'
  /** What it does with a line without a colon. */
  readonly noColon: 'skipped' | 'refused'
  /** What it does with the third field of `user:hash:more`: ignores it, reads it as part of the hash, or refuses the file. */
  readonly thirdField: 'ignored' | 'kept' | 'refused'
  /** Whether it trims whitespace before a name and after a hash; `kept-after`: only before a name. */
  readonly whitespace: 'trimmed' | 'kept' | 'kept-after'
  /** Go's bcrypt ignores what follows the 60 bytes of a hash, and padding bits of the salt. */
  readonly hasGoBcrypt?: true
  /** Whether it reads a carriage return as part of the hash, and refuses the file. */
  readonly crlf: 'read' | 'refused'
  /** Names that it reads differently. */
  readonly names?: NameRule
  readonly source: readonly string[]
}

/** Names that a server reads differently, and the effect. */
interface NameRule {
  readonly like: RegExp
  /** It refuses the file, or its configuration needs another spelling. */
  readonly effect: 'refused' | 'quote'
  readonly reason: string
}

/** What crypt(3) of libxcrypt, musl and older glibc checks. */
const crypt = { sha512crypt: true, sha256crypt: true, md5crypt: true, des: true, bcrypt: 'libcrypt' } as const

const github = (path: string): string => `https://github.com/${path}`

const apache = {
  title: 'Apache',
  reads: '`AuthUserFile`',
  takes: { ...crypt, bcrypt: true, apr1: true, sha1: true },
  others: 'crypt',
  duplicates: 'first',
  noColon: 'skipped',
  thirdField: 'ignored',
  whitespace: 'trimmed',
  crlf: 'read',
  source: [
    github('apache/apr/blob/trunk/crypto/apr_passwd.c'),
    github('apache/httpd/blob/2.4.x/modules/aaa/mod_authn_file.c'),
  ],
} as const satisfies Server

const nginx = {
  title: 'nginx',
  reads: '`auth_basic_user_file`',
  takes: { ...crypt, apr1: true, sha1: true, ssha: true },
  takesPlainMark: true,
  others: 'crypt',
  duplicates: 'first',
  noColon: 'skipped',
  thirdField: 'ignored',
  whitespace: 'kept',
  crlf: 'read',
  source: [
    github('nginx/nginx/blob/master/src/core/ngx_crypt.c'),
    github('nginx/nginx/blob/master/src/http/modules/ngx_http_auth_basic_module.c'),
  ],
} as const satisfies Server

const lighttpd = {
  title: 'lighttpd',
  reads: '`auth.backend.htpasswd.userfile`',
  takes: { ...crypt, apr1: true, sha1: true },
  others: 'crypt',
  duplicates: 'first',
  noColon: 'skipped',
  thirdField: 'kept',
  whitespace: 'kept',
  crlf: 'read',
  source: [github('lighttpd/lighttpd1.4/blob/master/src/mod_authn_file.c')],
} as const satisfies Server

/** Names that a configuration file would split or interpret. */
const quoted = (where: string): NameRule => ({
  like: /[\s"'#\\{}$]/,
  effect: 'quote',
  reason: `the name needs quotation marks in ${where}`,
})

/** By the names that `check --for` takes. */
const rows = {
  apache,
  'apache-windows': {
    ...apache,
    title: 'Apache on Windows',
    takes: { bcrypt: true, apr1: true, sha1: true },
    bcryptVariants: ['2a', '2y'],
    // there is no crypt(3), and the end of apr_password_validate is a strcmp
    others: 'compared',
  },
  nginx,
  'nginx-windows': {
    ...nginx,
    title: 'nginx on Windows',
    takes: { apr1: true, sha1: true, ssha: true },
    // ngx_libc_crypt there is "a plain text password"
    others: 'compared',
    source: [github('nginx/nginx/blob/master/src/os/win32/ngx_user.c'), ...nginx.source],
  },
  lighttpd,
  traefik: {
    title: 'Traefik',
    reads: '`basicAuth.usersFile`',
    takes: { bcrypt: true, apr1: true, md5crypt: true, sha1: true },
    others: 'denied',
    hasGoBcrypt: true,
    duplicates: 'last',
    noColon: 'refused',
    thirdField: 'refused',
    whitespace: 'trimmed',
    crlf: 'read',
    source: [
      github('traefik/traefik/blob/master/pkg/middlewares/auth/basic_auth.go'),
      github('traefik/traefik/blob/master/pkg/middlewares/auth/auth.go'),
      github('abbot/go-http-auth/blob/master/basic.go'),
    ],
  },
  caddy: {
    title: 'Caddy',
    reads: 'by hand: `basic_auth { NAME HASH }`',
    byHand: true,
    takes: { bcrypt: true },
    others: 'denied',
    hasGoBcrypt: true,
    duplicates: 'refused',
    noColon: 'skipped',
    thirdField: 'ignored',
    whitespace: 'trimmed',
    crlf: 'read',
    names: quoted('a Caddyfile'),
    source: [github('caddyserver/caddy/blob/master/modules/caddyhttp/caddyauth/basicauth.go')],
  },
  envoy: {
    title: 'Envoy',
    reads: '`envoy.filters.http.basic_auth`, `users.filename`',
    takes: { sha1: true },
    others: 'refused',
    duplicates: 'refused',
    noColon: 'refused',
    thirdField: 'refused',
    whitespace: 'kept',
    crlf: 'refused',
    source: [github('envoyproxy/envoy/blob/main/source/extensions/filters/http/basic_auth/config.cc')],
  },
  haproxy: {
    title: 'HAProxy',
    reads: 'by hand: `userlist`, `user NAME password HASH`',
    byHand: true,
    takes: crypt,
    others: 'crypt',
    duplicates: 'first',
    noColon: 'skipped',
    thirdField: 'ignored',
    whitespace: 'trimmed',
    crlf: 'read',
    names: quoted('its configuration'),
    source: [
      github('haproxy/haproxy/blob/master/src/auth.c'),
      'https://docs.haproxy.org/dev/configuration.html',
    ],
  },
  'oauth2-proxy': {
    title: 'oauth2-proxy',
    reads: '`--htpasswd-file`',
    takes: { bcrypt: true, sha1: true },
    others: 'denied',
    // its list of invalid entries is reset with every line
    refusesLast: true,
    duplicates: 'last',
    noColon: 'refused',
    thirdField: 'refused',
    whitespace: 'kept-after',
    hasGoBcrypt: true,
    crlf: 'read',
    names: {
      like: /"/,
      effect: 'refused',
      reason: 'it reads the file as CSV, in which a quotation mark in a name is an error',
    },
    source: [github('oauth2-proxy/oauth2-proxy/blob/master/pkg/authentication/basic/htpasswd.go')],
  },
  'docker-registry': {
    title: 'Docker registry',
    reads: '`auth.htpasswd.path`',
    takes: { bcrypt: true },
    others: 'denied',
    hasGoBcrypt: true,
    duplicates: 'last',
    noColon: 'refused',
    // its only format is Go's bcrypt, which ignores what follows the hash
    thirdField: 'ignored',
    whitespace: 'trimmed',
    crlf: 'read',
    source: [github('distribution/distribution/blob/main/registry/auth/htpasswd/htpasswd.go')],
  },
} as const satisfies Record<string, Server>

/** A server that reads password files or their records. */
export type ServerName = keyof typeof rows

/** All servers by name. */
export const servers: Readonly<Record<ServerName, Server>> = rows

/** Their names. */
export const serverNames = Object.keys(rows) as ServerName[]
