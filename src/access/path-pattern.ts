// The path of a rule: literal segments, `*` for one segment, `**` for the rest. Compared byte by byte.
import { isPlain } from './path-readings.ts'

/** A path pattern, compiled. */
export interface PathPattern {
  /** Whether the pattern has these bytes in it; nothing is decoded. */
  matches(path: string): boolean
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
  return compile(text, segments)
}

function compile(text: string, segments: readonly string[]): PathPattern {
  const first = segments.findIndex(segment => segment.startsWith('*'))
  if (first === -1) return { matches: path => path === text }
  const prefix = `/${segments
    .slice(0, first)
    .map(segment => `${segment}/`)
    .join('')}`
  const end = prefix.length - 1
  // most patterns differ where the prefix ends, so that one character settles it
  const begins = (path: string): boolean => path.charCodeAt(end) === 47 && path.startsWith(prefix)
  const rest = segments.slice(first)
  if (rest[0] === '**') return { matches: begins }
  return { matches: path => begins(path) && matchSegments(rest, path.slice(prefix.length).split('/')) }
}

/** `*` is one segment that is not empty; `**` is at least an empty one, so `/docs/**` does not match `/docs`. */
function matchSegments(pattern: readonly string[], segments: readonly string[]): boolean {
  const isOpen = pattern.at(-1) === '**'
  if (isOpen ? segments.length < pattern.length : segments.length !== pattern.length) return false
  return pattern.every(
    (part, i) => part === '**' || (part === '*' ? segments[i] !== '' : part === segments[i]),
  )
}
