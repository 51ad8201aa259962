// The path of a rule: literal segments, `*` for one segment, `**` for the rest. Compared byte by byte.
import { isPlain } from './path-readings.ts'

/**
 * A compiled path pattern. A class rather than a closure, because the guard compares up to a hundred of them with each
 * request, and V8 inlines the method of objects of one shape.
 */
export class PathPattern {
  /** The literal part, up to the first wildcard. */
  readonly #prefix: string
  /** The segments from the first wildcard on; none for a literal path. */
  readonly #rest: readonly string[]
  readonly #last: number
  /** The pattern in lower case; the pattern itself if it is in lower case already. */
  readonly #folded: PathPattern

  constructor(segments: readonly string[]) {
    const first = segments.findIndex(segment => segment.startsWith('*'))
    const literal = first === -1 ? segments : segments.slice(0, first)
    this.#rest = first === -1 ? [] : segments.slice(first)
    this.#prefix = `/${literal.map(segment => `${segment}/`).join('')}`.slice(
      0,
      first === -1 ? -1 : undefined,
    )
    this.#last = this.#prefix.length - 1
    const lower = segments.map(segment => segment.toLowerCase())
    this.#folded = segments.every((segment, i) => segment === lower[i]) ? this : new PathPattern(lower)
  }

  /** Whether the pattern matches these bytes; nothing is decoded. */
  matches(path: string): boolean {
    const prefix = this.#prefix
    // most patterns already differ in the last character of the prefix
    if (path.charCodeAt(this.#last) !== prefix.charCodeAt(this.#last) || !path.startsWith(prefix))
      return false
    const rest = this.#rest
    if (rest.length === 0) return path.length === prefix.length
    return rest[0] === '**' || matchSegments(rest, path.slice(prefix.length).split('/'))
  }

  /** As `matches`, ignoring case. @param folded the path in lower case. */
  matchesFolded(folded: string): boolean {
    return this.#folded.matches(folded)
  }
}

const FORM = 'a path such as /docs/** or /runs/*/tags'

/** Compiles the path of a rule. @throws Error that says what was expected. */
export function compilePattern(text: string): PathPattern {
  if (!text.startsWith('/')) throw new Error(`expected ${FORM}, got ${JSON.stringify(text)}`)
  if (/[^\x21-\x7e]/.test(text)) {
    throw new Error(
      `expected the path as it is sent, such as ${encodeURI(text)}, got ${JSON.stringify(text)}`,
    )
  }
  if (text.includes('?')) throw new Error(`expected a path without a query, got ${JSON.stringify(text)}`)
  if (!isPlain(text)) {
    throw new Error(
      `expected a path without "//", ".", "..", ";", "\\", "%2F" or encoded letters, got ${JSON.stringify(text)}`,
    )
  }
  const segments = text.split('/').slice(1)
  for (const [i, segment] of segments.entries()) {
    if (segment.includes('*') && segment !== '*' && segment !== '**')
      throw new Error(`expected "*" to stand for a whole segment, got ${JSON.stringify(text)}`)
    if (segment === '**' && i < segments.length - 1)
      throw new Error(`expected "**" at the end, got ${JSON.stringify(text)}`)
  }
  return new PathPattern(segments)
}

/** `*` is one segment that is not empty; `**` is at least an empty one, so `/docs/**` does not match `/docs`. */
function matchSegments(pattern: readonly string[], segments: readonly string[]): boolean {
  const isOpen = pattern.at(-1) === '**'
  if (isOpen ? segments.length < pattern.length : segments.length !== pattern.length) return false
  return pattern.every(
    (part, i) => part === '**' || (part === '*' ? segments[i] !== '' : part === segments[i]),
  )
}
