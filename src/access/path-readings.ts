// How differently apps read a path: percent-encoding, doubled slashes, dot segments, backslashes and parameters.

// a dot segment between separators in any encoding, double encoding included
const SEPARATOR = '(?:[/\\\\]|%(?:25)*(?:2f|5c))'
const DOT = '(?:\\.|%(?:25)*2e)'
const dotSegment = new RegExp(`${SEPARATOR}${DOT}{1,2}(?:;|%(?:25)*3b|${SEPARATOR}|$)`, 'i')

// "." as C0 AE and "/" as C0 AF: invalid UTF-8, which old decoders read as these characters (CVE-2008-2938)
const OVERLONG = '%c0%a[ef]'

/**
 * Whether the path contains nothing that an app could decode, merge or resolve. True for most paths, so it is checked
 * first.
 */
const isOneReading = (path: string): boolean => !/[%\\;]|\/[./]|\.(?:\/|$)/.test(path)

const unclear = new RegExp(`//|[\\\\;#]|%00|${OVERLONG}`, 'i')
const misleading = new RegExp(`%(?:00|(?![0-9a-f]{2}))|${OVERLONG}`, 'i')

/**
 * Whether an app could find other segments in the path, even if it leaves encoded slashes alone. `%2F` alone does not
 * count, because names of artifacts and tags contain it.
 */
export const hasUnclearSegments = (path: string): boolean =>
  unclear.test(path) || (path.includes('.') || path.includes('%') ? dotSegment.test(path) : false)

/**
 * Whether some app could resolve the path to another place: it has a dot segment in any encoding, or an escape that
 * ends a string (`%00`), is invalid (`%u002e`) or hides a dot or a slash (`%c0%ae`).
 */
export const leadsElsewhere = (path: string): boolean =>
  !isOneReading(path) && (dotSegment.test(path) || misleading.test(path))

// letters, digits, "-", ".", "_" and "~", which need no encoding (RFC 3986 section 2.3)
const encodedUnreserved = /%(?:2[de]|3[0-9]|4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9ae])/i

/** Whether every server reads the path in the same way. */
export const isPlain = (path: string): boolean =>
  !hasUnclearSegments(path) && !/%(?:2f|5c|25)/i.test(path) && !encodedUnreserved.test(path)

/** More than any path has that was not crafted. */
export const MAX_READINGS = 50

/** What an app may do to a path before routing, once or several times, in any order. */
const steps: readonly ((path: string) => string)[] = [
  path =>
    path.replaceAll(/%([0-9a-f]{2})/gi, (_, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 16)),
    ),
  path => path.replaceAll('\\', '/'),
  path => path.replaceAll(/\/{2,}/g, '/'),
  path => path.replaceAll(/;[^/]*/g, ''),
  // Windows drops dots and spaces at the end of a name, and "$" in a route's regular expression matches before a final
  // newline: Starlette routes `/admin%0A` as `/admin`. The lookbehind keeps the time linear for a long run of dots.
  path => path.replaceAll(/(?<![.\0-\x20])[.\0-\x20]+(?=\/|$)/g, ''),
  withoutDotSegments,
]

/** The paths that apps may read in this one, the path itself first; at most about 50 of a crafted path. */
export function readingsOf(path: string): readonly string[] {
  if (isOneReading(path)) return [path]
  const readings = new Set([path])
  // the loop also visits what is added to the Set while it runs
  for (const reading of readings) {
    for (const step of steps) readings.add(step(reading))
    if (readings.size > MAX_READINGS) break
  }
  return [...readings]
}

/** As RFC 3986 section 5.2.4: `/a/../b/.` is `/b/`. */
function withoutDotSegments(path: string): string {
  if (!path.includes('/.')) return path
  const segments = path.split('/').slice(1)
  const last = segments.at(-1)
  const kept: string[] = []
  for (const segment of segments) {
    if (segment === '..') kept.pop()
    else if (segment !== '.') kept.push(segment)
  }
  if (last === '.' || last === '..') kept.push('')
  return `/${kept.join('/')}`
}
