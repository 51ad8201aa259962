// The API reference of docs/api.md, made from the declarations that tsc writes and the doc comments in them.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { table } from './markdown.js'

const dist = join(import.meta.dirname, '..', '..', 'dist')
const read = path => readFileSync(join(dist, path), 'utf8').replaceAll('\r\n', '\n')

/** The headings of the page, by the folder of `src` that a name comes from; in this order. */
const sections = {
  hash: 'Hashes',
  document: 'The text of a password file',
  check: 'Problems of a password file',
  import: 'Many users at once',
  store: 'Files on disk',
  auth: 'Checking logins',
  access: 'Who may do what',
  http: 'HTTP',
  'htpasswd-kit/fastify': 'The sub-path htpasswd-kit/fastify',
  'htpasswd-kit/hono': 'The sub-path htpasswd-kit/hono',
  'bytes.ts': 'Byte strings',
  'errors.ts': 'Errors',
  'deprecated.ts': 'Deprecated names',
}

/** The names that index.ts exports, with the file of each. */
function exportedNames() {
  const statements = read('index.d.ts').matchAll(/export (?:type )?\{([^}]*)\} from '\.\/([^']+)';/g)
  return [...statements].flatMap(([, names, path]) =>
    names
      .split(',')
      .map(name => name.trim().replace(/^type /, ''))
      .filter(name => name !== '')
      .map(name => ({ name, path: path.replace(/\.ts$/, '.d.ts'), section: path.split('/')[0] })),
  )
}

/** What a sub-path declares itself; the others export names of the index again. */
const subPathNames = () =>
  ['fastify', 'hono'].flatMap(framework => {
    const path = `http/middleware/${framework}.d.ts`
    const declared = read(path).matchAll(/^export (?:declare )?(?:function|const|interface) (\w+)/gm)
    const names = new Set([...declared].map(([, name]) => name))
    const section = `htpasswd-kit/${framework}`
    return [...names].map(name => ({ name, path, section, heading: `\`${name}\` of ${section}` }))
  })

/** A doc comment taken apart: the text, and its tags `@param`, `@returns`, `@throws` and `@example`. */
function parseComment(comment = '') {
  const text = comment
    .replace(/^\s*\/\*\*|\*\/\s*$/g, '')
    .replaceAll(/^[ \t]*\* ?/gm, '')
    .trim()
  const [description, ...rest] = text.split(/(?:^|\s)@(?=(?:param|returns|throws|example|deprecated)\b)/)
  const tags = rest.map(tag => {
    const [, name, body] = /^(\w+)\s*([\s\S]*)$/.exec(tag)
    return { name, body: body.trim() }
  })
  return { description: description.trim(), tags }
}

/** One paragraph a line, as a cell of a table or an item of a list has it. */
const oneLine = text => text.replaceAll(/\s*\n\s*/g, ' ')

/** Tags in the order of the comment; examples come last. */
function renderTags(tags) {
  const line = ({ name, body }) => {
    if (name === 'param') {
      const [, parameter, text] = /^(\S+)\s*-?\s*([\s\S]*)$/.exec(body)
      return `- \`${parameter}\`: ${oneLine(text)}`
    }
    const label = { returns: 'Returns', throws: 'Throws', deprecated: 'Deprecated:' }[name]
    return `- ${label} ${oneLine(body)}`
  }
  const examples = tags.filter(({ name }) => name === 'example').map(({ body }) => body)
  const lines = tags.filter(({ name }) => name !== 'example').map(line)
  return [...(lines.length > 0 ? [lines.join('\n')] : []), ...examples]
}

const COMMENT = String.raw`(/\*\*(?:(?!\*/)[\s\S])*\*/\s*)?`

/** The declaration of a name: its doc comment, its kind, and its text. */
function findDeclaration({ name, path }) {
  const pattern = new RegExp(
    String.raw`^${COMMENT}(?:export )?(?:declare )?(class|function|const|interface|type) ${name}\b[\s\S]*?(?:^\}|;)$`,
    'm',
  )
  const source = read(path)
  const match = pattern.exec(source)
  if (match === null) throw new Error(`${path} expected a declaration of ${name}`)
  const kind = match[2]
  const start = match.index + (match[1]?.length ?? 0)
  const rest = source.slice(start)
  const braces = kind === 'class' || kind === 'interface'
  const end = braces ? rest.search(/^\}/m) + 1 : statementEnd(rest)
  // further forms of the same function
  const overloads = kind === 'function' ? rest.slice(end).match(overloadsOf(name))?.[0] : undefined
  return {
    kind,
    comment: parseComment(match[1]),
    text: `${rest.slice(0, end)}${overloads ?? ''}`.replaceAll(/^export (declare )?/gm, ''),
  }
}

const overloadsOf = name => new RegExp(String.raw`^(?:\s*export declare function ${name}\([^;]*;)+`)

/** Where a statement ends: at the first `;` outside all brackets and comments. */
function statementEnd(text) {
  let depth = 0
  for (const { 0: token, index } of text.matchAll(
    /\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[()[\]{};]/g,
  )) {
    if ('([{'.includes(token)) depth++
    else if (')]}'.includes(token)) depth--
    else if (token === ';' && depth === 0) return index + 1
  }
  return text.length
}

/** The members of a class or interface with their doc comments, private ones left out. */
function membersOf(text) {
  const body = text.slice(text.indexOf('{') + 1, text.lastIndexOf('}'))
  const members = []
  let rest = body
  while (rest.trim() !== '') {
    const [, comment] = new RegExp(`^\\s*${COMMENT}`).exec(rest)
    rest = rest.slice(rest.indexOf(comment ?? '') + (comment?.length ?? 0)).trimStart()
    const end = statementEnd(rest)
    const declaration = rest
      .slice(0, end)
      .replace(/;$/, '')
      .replace(/^readonly /, '')
      .replace(/^get (\w+)\(\)/, 'readonly $1')
      .replace(/^(\w+) = (".*")$/, '$1: $2')
    rest = rest.slice(end)
    if (!/^#|^private /.test(declaration)) members.push({ declaration, comment: parseComment(comment) })
  }
  return members
}

const withoutComments = text => text.replaceAll(/\/\*\*[\s\S]*?\*\/\s*/g, '')
const signature = text =>
  `\`\`\`ts\n${text
    .replaceAll(/;$/gm, '')
    .replaceAll(/ +$/gm, '')
    .replaceAll(/\n {4}/g, '\n  ')}\n\`\`\``

/** `name?: type` as the cells of a table. */
function fieldRow({ declaration, comment }) {
  const [, name, type] = /^([\w$]+\??|\[[^\]]+\])(?::\s*)?([\s\S]*)$/.exec(declaration) ?? [
    '',
    declaration,
    '',
  ]
  const shown = withoutComments(type.replace(/ \| undefined$/, '')).replaceAll(/\s+/g, ' ')
  const labels = { throws: 'Throws', deprecated: 'Deprecated:' }
  const tags = comment.tags.map(tag => (tag.name in labels ? ` ${labels[tag.name]} ${tag.body}` : ''))
  return [
    `\`${name}\``,
    shown === '' ? '' : `\`${shown}\``,
    oneLine(comment.description + tags.join('')).trim(),
  ]
}

function renderClass(members) {
  return members.flatMap(({ declaration, comment }) => [
    `#### \`${oneLine(declaration).replace(/^(static )?(?:readonly )?([^(:<]+)[\s\S]*$/, '$1$2')}\``,
    signature(declaration),
    ...(comment.description === '' ? [] : [comment.description]),
    ...renderTags(comment.tags),
  ])
}

/** For a type without an example of its own: the names in whose declarations it stands, which have one or lead to one. */
function usersOf({ name, path }, names) {
  const word = new RegExp(`\\b${name}\\b`)
  const isUser = other =>
    (other.name !== name || other.path !== path) && word.test(withoutComments(findDeclaration(other).text))
  const users = [...new Set(names.filter(isUser).map(other => `\`${other.name}\``))]
  return users.length === 0 ? [] : [`Used by ${users.join(', ')}.`]
}

function renderName(entry, names) {
  const { kind, comment, text } = findDeclaration(entry)
  const isType = kind === 'interface' || kind === 'type'
  const hasExample = comment.tags.some(({ name }) => name === 'example')
  const isTable = kind === 'interface'
  const about = comment.description === '' ? [] : [comment.description]
  const parts = [`### ${entry.heading ?? `\`${entry.name}\``}`, ...about]
  const members = isTable || kind === 'class' ? membersOf(text) : []
  const plain = members.every(
    ({ declaration }) =>
      !declaration.startsWith('(') && (!/^[^:]*\(/.test(declaration) || declaration.length < 100),
  )
  if (isTable && plain) {
    parts.push(table(['name', 'type', 'what it is'], members.map(fieldRow)))
    const [, base] = /^interface \w+ extends ([^{]+) \{/.exec(text) ?? []
    if (base !== undefined) parts.push(`It also has what \`${base}\` has.`)
    parts.push(...renderTags(comment.tags))
  } else if (kind === 'class') parts.push(...renderTags(comment.tags), ...renderClass(members))
  else parts.push(signature(unionText(text, entry.path)), ...renderTags(comment.tags))
  if (isType && !hasExample) parts.push(...usersOf(entry, names))
  return parts.join('\n\n')
}

/** A type that is read off a constant, such as `keyof typeof advice`, as the union of strings that it is. */
function unionText(text, path) {
  const [, keysOf] = /= keyof typeof (\w+);$/.exec(text) ?? []
  const [, itemsOf] = /= \(typeof (\w+)\)\[number\](?:\['id'\])?;$/.exec(text) ?? []
  const constant = keysOf ?? itemsOf
  if (constant === undefined) return text.replaceAll(/\n(\/\*\*.*?\*\/)\n(?: \| )?(?=')/g, '\n  $1\n  | ')
  const source = read(path)
  const declared = source.slice(source.indexOf(`declare const ${constant}: `))
  const own = declared.slice(0, statementEnd(declared))
  const keys = keysOf ? /^ {4}readonly '?([\w-]+)'?:/gm : /["'](\w+)["']/g
  const choices = [...own.matchAll(keys)].map(([, key]) => `'${key}'`)
  return `${text.slice(0, text.indexOf('=') + 1)} ${choices.join(' | ')};`.replace(
    /(.{1,100})(?: \| |;$)/g,
    (_, line, at) => (at === 0 ? line : `\n  | ${line}`),
  )
}

/** The whole reference: a section for each part of the library, values before types. */
export function apiReference() {
  const names = [...exportedNames(), ...subPathNames()]
  const unknown = names.filter(({ section }) => !(section in sections))
  if (unknown.length > 0) throw new Error(`no section of the API page for ${unknown[0].path}`)
  const isType = entry => ['interface', 'type'].includes(findDeclaration(entry).kind)
  return Object.entries(sections)
    .map(([section, title]) => {
      const own = names.filter(entry => entry.section === section)
      const ordered = [...own.filter(entry => !isType(entry)), ...own.filter(isType)]
      return [`## ${title}`, ...ordered.map(entry => renderName(entry, names))].join('\n\n')
    })
    .join('\n\n')
}
