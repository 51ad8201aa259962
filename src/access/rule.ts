// Parses one rule, `METHODS PATH SUBJECTS`, and a rules file. An error names the line and what was expected.
import { type ByteString, decodeSurrogateEscape, textStart } from '../bytes.ts'
import { rejectUtf16 } from '../document/encoding.ts'
import { splitWords } from '../document/group-lines.ts'
import { HtpasswdError } from '../errors.ts'
import { compilePattern, PathPattern } from './path-pattern.ts'
import type { Preset, RequestClass } from './presets/preset.ts'
import { parseSubjects, type Subjects } from './subjects.ts'

/** A rule's path is a pattern, or a class of requests that a preset defines. */
type RulePath = PathPattern | { readonly preset: Preset; readonly requestClass: RequestClass }

/** A parsed rule. */
export class Rule {
  /** The rule as written. */
  readonly text: string
  /** Where the rule is: `rules:3`, `--require`. */
  readonly source: string
  readonly subjects: Subjects
  /** Undefined for `ANY`. */
  readonly #methods: ReadonlySet<string> | undefined
  readonly #pattern: PathPattern | undefined
  readonly #known: Exclude<RulePath, PathPattern> | undefined

  constructor(
    where: { readonly text: string; readonly source: string },
    methods: ReadonlySet<string> | undefined,
    path: RulePath,
    subjects: Subjects,
  ) {
    this.text = where.text
    this.source = where.source
    this.subjects = subjects
    this.#methods = methods
    this.#pattern = path instanceof PathPattern ? path : undefined
    this.#known = path instanceof PathPattern ? undefined : path
  }

  /** Whether the rule applies to this request; the path is compared byte by byte. */
  matches(method: string, path: string): boolean {
    const isPath =
      this.#pattern?.matches(path) ?? this.#known?.preset.classify(method, path) === this.#known?.requestClass
    return isPath && (this.#methods === undefined || this.#methods.has(method))
  }

  /** As `matches`, for apps that ignore case in paths. @param folded the path in lower case. */
  matchesFolded(method: string, path: string, folded: string): boolean {
    if (this.#pattern === undefined) return this.matches(method, path)
    return (this.#methods === undefined || this.#methods.has(method)) && this.#pattern.matchesFolded(folded)
  }
}

const FORM = 'METHODS PATH SUBJECTS, such as "GET /docs/** valid-user"'
const CLASSES: readonly RequestClass[] = ['read', 'write', 'use', 'admin']

/**
 * Reads one rule.
 *
 * @param source names it in decisions.
 * @throws Error that says what was expected.
 */
export function readRule(text: string, source: string, preset?: Preset): Rule {
  const words = splitWords(Buffer.from(text).toString('latin1'))
  const fault = words.find(word => word.fault !== undefined)?.fault
  if (fault !== undefined) throw new Error(fault)
  const [methods, path, ...subjects] = words.map(({ name }) => decodeSurrogateEscape(name))
  if (methods === undefined || path === undefined || subjects.length === 0)
    // not the text itself, which may be the secret of a file that was given by mistake
    throw new Error(`expected ${FORM}, got ${words.length === 1 ? 'one word' : `${words.length} words`}`)
  return new Rule({ text, source }, parseMethods(methods), parsePath(path, preset), parseSubjects(subjects))
}

/** As `readRule`. @throws HtpasswdError `ERR_RECORD` with the source and what was expected. */
export function parseRule(text: string, source: string, preset?: Preset): Rule {
  try {
    return readRule(text, source, preset)
  } catch (error) {
    throw new HtpasswdError('ERR_RECORD', `${source}: ${(error as Error).message}`, { cause: error })
  }
}

/**
 * Parses `ANY`, or a list of methods. GET includes HEAD. OPTIONS asks what a path offers, so the path's first rule
 * decides it.
 */
function parseMethods(text: string): ReadonlySet<string> | undefined {
  if (text === 'ANY') return undefined
  const methods = new Set(text.split(','))
  for (const method of methods) {
    // method names are case-sensitive (RFC 9110 section 9.1), and all registered ones are in upper case
    if (!/^[A-Z][A-Z-]*$/.test(method) || method === 'ANY')
      throw new Error(`expected methods such as GET,POST, or ANY alone, got ${JSON.stringify(text)}`)
  }
  if (methods.has('GET')) methods.add('HEAD')
  methods.add('OPTIONS')
  return methods
}

function parsePath(text: string, preset: Preset | undefined): RulePath {
  if (!text.startsWith('@')) return compilePattern(text)
  const [name, word] = text.slice(1).split('/')
  if (preset === undefined) throw new Error(`${text} needs --preset ${name}`)
  const requestClass = CLASSES.find(known => known === word)
  if (name !== preset.name || requestClass === undefined) {
    const words = CLASSES.map(known => `@${preset.name}/${known}`)
    throw new Error(`expected a path or ${words.join(', ')}, got ${JSON.stringify(text)}`)
  }
  return { preset, requestClass }
}

/**
 * Reads the text of a rules file: one rule a line, `#` comments, blank lines.
 *
 * @param name how errors and decisions name the file.
 * @throws HtpasswdError `ERR_RECORD` with file and line for the first line that is no rule, and for a file without one:
 *   an empty file would take all rules away.
 */
export function parseRules(source: string | Uint8Array, name?: string, preset?: Preset): readonly Rule[] {
  const bytes = Buffer.from(source)
  rejectUtf16(bytes)
  const text = decodeSurrogateEscape(bytes.toString('latin1', textStart(bytes)) as ByteString)
  const rules = text.split('\n').flatMap((line, i) => {
    const trimmed = line.trim()
    if (trimmed === '' || trimmed.startsWith('#')) return []
    return parseRule(trimmed, name === undefined ? `line ${i + 1}` : `${name}:${i + 1}`, preset)
  })
  if (rules.length > 0) return rules
  throw new HtpasswdError('ERR_RECORD', `${name ?? 'rules'}: expected at least one rule, ${FORM}, got none`)
}
