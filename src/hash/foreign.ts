// Hashes of other systems, by their shape: nothing here computes them, and none may be taken for a password.

/** What is known of a hash that this package does not compute. */
export interface ForeignHash {
  /** For messages and lists, such as `yescrypt`. */
  readonly name: string
  /** Where servers can verify it: crypt(3) of libxcrypt, which Apache, nginx and lighttpd call on Linux. */
  readonly libxcrypt?: true
}

type Row = readonly [name: string, shape: RegExp, libxcrypt?: true]

/**
 * With a prefix or structure that no password has by chance: judged in password files too. Sources: crypt(5) of
 * libxcrypt, passlib's "Modular Crypt Format", RFC 2307, and the manuals of the programs named.
 */
const marked: readonly Row[] = [
  ['yescrypt', /^\$y\$/, true],
  ['gost-yescrypt', /^\$gy\$/, true],
  ['sm3-yescrypt', /^\$sm3y\$/, true],
  ['sm3crypt', /^\$sm3\$/, true],
  ['scrypt', /^\$7\$/, true],
  ['sunmd5', /^\$md5[$,]/, true],
  ['sha1crypt', /^\$sha1\$/, true],
  ['NT', /^\$3\$/, true],
  ['BSDi DES', /^_[./0-9A-Za-z]{19}$/, true],
  ['DES of verdaccio', /^\$[0-9][./0-9A-Za-z]{11}$/],
  ['argon2', /^\$argon2(?:id|i|d)\$/],
  ['scrypt', /^\$scrypt\$/],
  ['bcrypt-sha256', /^\$bcrypt-sha256\$/],
  ['PBKDF2', /^\$(?:pbkdf2(?:-[\w-]+)?|p5k2)\$/],
  ['phpass', /^\$[PH]\$[./0-9A-Za-z]{31}$/],
  ['Drupal', /^U?\$[SP]\$[./0-9A-Za-z]{31,52}$/],
  ['WordPress', /^\$wp\$/],
  ['SCRAM', /^SCRAM-SHA-\d+\$\d+:/],
  ['Django', /^(?:pbkdf2_sha\d+|bcrypt(?:_sha256)?|argon2|scrypt|(?:unsalted_)?(?:md5|sha1)|crypt)\$/],
  ['werkzeug', /^(?:pbkdf2:\w+(?::\d+)?|scrypt:\d+:\d+:\d+|sha\d+|md5)\$[^$]+\$./],
  ['GRUB', /^grub\.pbkdf2\./],
  ['MediaWiki', /^:(?:[AB]|pbkdf2):/],
]

const scheme = /^\{([\w.,= -]{2,32})\}./

/** Blocks of DES, and of bigcrypt if there are several; the last character of each holds four bits, so it is one of 16. */
const DES = /^[./0-9A-Za-z]{12}[.26AEIMQUYcgkosw](?:[./0-9A-Za-z]{10}[.26AEIMQUYcgkosw])*$/

/** Shapes that some passwords have too: only an import judges them, and asks. */
const likely: readonly Row[] = [
  ['DES', DES],
  ['MySQL', /^\*[0-9A-F]{40}$/i],
  ['PostgreSQL', /^md5[0-9a-f]{32}$/],
  ['scrypt', /^c2NyeXB0/],
  ['ASP.NET Identity', /^A[A-Za-z0-9+/]{66,}={0,2}$/],
  // MD5, SHA-1, SHA-2 and the like, with a salt, a user or another digest around them
  [
    'a hexadecimal digest',
    /^(?:0x)?[0-9a-f]{16}$|(?:^|[^0-9a-z]|0x)(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{48,})(?![0-9a-z])/i,
  ],
  ['PBKDF2', /^(?:sha\d+[.:$])?\d{3,8}(?:[.:$]\d+)*[.:$][\w+/=]{8,}[.:$][\w+/=]{16,}/],
  ['a base64 digest', /^(?:[A-Za-z0-9+/]{4}){5,}(?:[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$/],
  ['an unknown scheme', /^\$[\w.,=+-]{1,24}\$[\x21-\x7e]{8,}$/],
  ['salted, algorithm$salt$hash', /^[a-z][\w:.+-]{2,40}\$[^$\s]+\$[\w+/=.-]{16,}$/i],
  ['a line of /etc/passwd', /^[^:]*:\d+:\d+:[^:]*:[^:]*:/],
]

const find = (rows: readonly Row[], text: string): ForeignHash | undefined => {
  const row = rows.find(([, shape]) => shape.test(text))
  return row && (row[2] ? { name: row[0], libxcrypt: true } : { name: row[0] })
}

/** Another system's hash, recognised by an unambiguous prefix; undefined for a supported format and for other text. */
export function foreignHash(hash: string): ForeignHash | undefined {
  const [, name] =
    /^\{(SMD5|MD5|CRYPT|SHA256|SHA384|SHA512|SSHA256|SSHA384|SSHA512|ARGON2|PBKDF2[\w-]*)\}/i.exec(hash) ?? []
  return name === undefined ? find(marked, hash) : { name: `{${name}}` }
}

/** What a value in a list of users and passwords may be instead of a password; undefined for a plain password. */
export function likelyForeignHash(value: string): ForeignHash | undefined {
  const [, name] = scheme.exec(value) ?? []
  if (name !== undefined) return { name: `{${name}}` }
  const [field = ''] = value.split(':', 1)
  // no hash contains whitespace, but the fields of other programs after it may
  if (/\s/.test(field)) return undefined
  const whole = /\s/.test(value) ? undefined : find(marked, value)
  return whole ?? find(marked, field) ?? find(likely, field) ?? find(likely, value)
}
