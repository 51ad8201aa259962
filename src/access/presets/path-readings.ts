// How differently an app may read a path: percent-encoding, doubled slashes, dot segments, backslashes and parameters.

// a dot segment between separators in any encoding, double encoding included
const SEPARATOR = '(?:[/\\\\]|%(?:25)*(?:2f|5c))'
const DOT = '(?:\\.|%(?:25)*2e)'
const dotSegment = new RegExp(`${SEPARATOR}${DOT}{1,2}(?:;|${SEPARATOR}|$)`, 'i')

/**
 * Whether an app could take the path for one with other segments, even if it leaves encoded slashes alone. `%2F` by
 * itself is no reason: the names of artifacts and tags contain it.
 */
export const hasUnclearSegments = (path: string): boolean =>
  /\/\/|[\\;#]|%00/.test(path) || (path.includes('.') || path.includes('%') ? dotSegment.test(path) : false)

// letters, digits, "-", ".", "_" and "~", which nobody has a reason to encode (RFC 3986 section 2.3)
const encodedUnreserved = /%(?:2[de]|3[0-9]|4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9ae])/i

/** Whether every server reads the path in the same way. */
export const isPlain = (path: string): boolean =>
  !hasUnclearSegments(path) && !/%(?:2f|5c|25)/i.test(path) && !encodedUnreserved.test(path)

/** The path as sent, and where an app may read another one, that too: decoded once and twice. */
export function readingsOf(path: string): readonly string[] {
  if (!path.includes('%') && !hasUnclearSegments(path)) return [path]
  const once = decode(path)
  return [path, resolve(path), resolve(once), resolve(decode(once))]
}

const decode = (path: string): string =>
  path.replaceAll(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))

function resolve(path: string): string {
  const segments: string[] = []
  for (const segment of path.split(/[/\\]/)) {
    const [name = ''] = segment.split(';')
    if (name === '..') segments.pop()
    else if (name !== '' && name !== '.') segments.push(name)
  }
  return `/${segments.join('/')}`
}
