// A preset tells what a request to a known app does, from its method and path alone. It does not read body or query,
// and it never classifies an unknown request as harmless.
import { memoizeByRequest } from '../memoize.ts'
import { hasUnclearSegments, isPlain, MAX_READINGS, readingsOf } from '../path-readings.ts'

/** What a request does: reads, changes something, calls a paid model, or administers the server. */
export type RequestClass = 'read' | 'write' | 'use' | 'admin'

/** Knowledge about one app's HTTP interface. */
export interface Preset {
  /** As in `--preset NAME`. */
  readonly name: string
  /** The version of the app whose interface the table lists. */
  readonly madeFrom: string
  /**
   * What a request does.
   * @param method As sent, such as `GET`.
   * @param path The path as it is forwarded to the app, without query.
   */
  classify(method: string, path: string): RequestClass
  /** The same, from the table alone: undefined for an endpoint that it lacks. */
  find(method: string, path: string): RequestClass | undefined
  /** The table in readable lines, for `--print-preset`. */
  describe(): string
}

/** A preset's data. */
export interface PresetTable {
  readonly name: string
  readonly madeFrom: string
  /** What the paths of a row begin with, by the name in the row. */
  readonly roots: Readonly<Record<string, readonly string[]>>
  /** Paths in the API, without `/api/N.M/`: at and below these, every request that is not in the table is admin. */
  readonly adminBelow: readonly string[]
  /** The same, for methods that change something. */
  readonly adminWritesBelow: readonly string[]
  /** One row a line: class, methods, root, paths. A later row replaces an earlier one. */
  readonly rows: string
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
const classes: readonly string[] = ['read', 'write', 'use', 'admin']

/** One segment of the known paths; `*` is in `any`, `**` in `rest`. */
interface Node {
  readonly literal: Map<string, Node>
  any?: Node
  rest?: Node
  readonly classes: Map<string, RequestClass>
}

const newNode = (): Node => ({ literal: new Map(), classes: new Map() })

/** HEAD is a GET without a body; OPTIONS changes nothing, and is allowed to everyone who may read the path. */
const methodOf = (method: string): string => (method === 'HEAD' || method === 'OPTIONS' ? 'GET' : method)

/** Compiles a table. @param staticPrefix The path below which the app serves everything, such as `/ml`. */
export function compilePreset(table: PresetTable, staticPrefix = ''): Preset {
  const tree = newNode()
  for (const row of table.rows.split('\n')) {
    if (row !== '' && !row.startsWith('#')) addRow(tree, table, row.split(/\s+/))
  }
  const adminBelow = belowPattern(table.adminBelow)
  const adminWritesBelow = belowPattern(table.adminWritesBelow)

  const inner = (path: string): string =>
    staticPrefix !== '' && path.startsWith(`${staticPrefix}/`) ? path.slice(staticPrefix.length) : path

  const find = memoizeByRequest((method, path) =>
    hasUnclearSegments(path) ? undefined : findClass(tree, inner(path).split('/'), 1, methodOf(method)),
  )

  /** Checks every reading of the path that an app could make, with or without an unannounced prefix. */
  const isAdmin = (method: string, path: string): boolean => {
    const readings = readingsOf(path)
    if (readings.length > MAX_READINGS) return true
    for (const reading of readings) {
      const api = /\/(?:ajax-)?api\/\d+\.\d+\//.exec(reading)
      if (api === null) continue
      const below = reading.slice(api.index + api[0].length)
      if (adminBelow.test(below)) return true
      if (methodOf(method) !== 'GET' && adminWritesBelow.test(below)) return true
    }
    return false
  }

  return {
    name: table.name,
    madeFrom: table.madeFrom,
    classify(method, path) {
      const known = find(method, path)
      if (known !== undefined) return known
      if (isAdmin(method, path)) return 'admin'
      return methodOf(method) === 'GET' && isPlain(path) ? 'read' : 'write'
    },
    find,
    describe: () => describe(table),
  }
}

function addRow(
  tree: Node,
  { roots }: PresetTable,
  [name, methods, root, ...paths]: readonly string[],
): void {
  const starts = root === '-' ? [''] : roots[root as string]
  if (!classes.includes(name as string) || methods === undefined || starts === undefined)
    throw new Error(`preset row "${name} ${methods} ${root}" is not class, methods, root, paths`)
  for (const start of starts) {
    for (const path of paths) {
      let node = tree
      const segments = `${start}/${path.replace(/^\//, '')}`.split('/').slice(1)
      for (const segment of segments) node = childOf(node, segment)
      for (const method of methods === 'ANY' ? METHODS : methods.split(','))
        node.classes.set(method, name as RequestClass)
    }
  }
}

function childOf(node: Node, segment: string): Node {
  if (segment === '*') node.any ??= newNode()
  if (segment === '**') node.rest ??= newNode()
  const wildcard = segment === '*' ? node.any : segment === '**' ? node.rest : undefined
  if (wildcard !== undefined) return wildcard
  const child = node.literal.get(segment) ?? newNode()
  node.literal.set(segment, child)
  return child
}

/** Literal segments take precedence over `*`, and `*` over `**`. */
function findClass(
  node: Node,
  segments: readonly string[],
  at: number,
  method: string,
): RequestClass | undefined {
  if (at === segments.length) return node.classes.get(method)
  const segment = segments[at] as string
  const literal = node.literal.get(segment)
  const found = literal && findClass(literal, segments, at + 1, method)
  if (found !== undefined) return found
  const any =
    node.any !== undefined && segment !== '' ? findClass(node.any, segments, at + 1, method) : undefined
  return any ?? node.rest?.classes.get(method)
}

const escapePattern = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
const belowPattern = (paths: readonly string[]): RegExp =>
  new RegExp(`^(?:${paths.map(escapePattern).join('|')})(?:[/?#]|$)`)

function describe({ name, madeFrom, roots, adminBelow, adminWritesBelow, rows }: PresetTable): string {
  const below = (paths: readonly string[]): string[] => paths.map(path => `#   ${path}/**`)
  return [
    `# ${name}, made from ${madeFrom}`,
    '# Each line: class, methods, root, paths below the root. * is one segment, ** the rest.',
    ...Object.entries(roots).map(([root, paths]) => `#   ${root.padEnd(9)} ${paths.join(' ')}`),
    '# What is not listed: GET is read, every other method is write. In every version of the API, these are admin:',
    ...below(adminBelow),
    '# and these, unless the method is GET:',
    ...below(adminWritesBelow),
    rows,
  ].join('\n')
}
