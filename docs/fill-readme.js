// Writes the parts of README.md that are made from the command's own tables; with --check only says which are stale.
import { readFileSync, writeFileSync } from 'node:fs'
import { targets } from '../dist/check/servers.js'
import { synopsis } from '../dist/cli/apache/grammar.js'
import { commands } from '../dist/cli/commands.js'
import { helpOption } from '../dist/cli/options/table.js'
import { passwordOptions } from '../dist/cli/password/options.js'
import { fillBlock, table } from './markdown.js'
import { transcripts } from './transcripts.js'

const fence = lines => ['```text', ...lines, '```'].join('\n')

const option = ([name, { alias, argument, describe, default: standard }]) => [
  `${alias ? `\`-${alias}\`, ` : ''}\`--${name}${argument ? ` ${argument}` : ''}\``,
  standard === undefined ? describe : `${describe}; default \`${standard}\``,
]

// `service` takes the options of `serve` as well, which has those of Apache's grammar; each one is listed once, by its
// words, for commands share names
const listed = new Set([helpOption, ...Object.values(passwordOptions)].map(({ describe }) => describe))
const optionTable = rows => table(['option', 'what it does'], rows.map(option))

function commandBlock({ name, synopsis: forms, options }) {
  const rows = Object.entries(options).filter(([, { describe }]) => !listed.has(describe))
  for (const [, { describe }] of rows) listed.add(describe)
  const lines = forms.map(form => `htpasswd ${name} ${form}`.trimEnd())
  const tables = rows.length === 0 ? '' : `\n\n${optionTable(rows)}`
  return fence(lines) + tables
}

const blocks = { usage: fence(synopsis), passwords: optionTable(Object.entries(passwordOptions)) }
for (const { load } of commands) {
  const { grammar } = await load()
  blocks[grammar.name] = commandBlock(grammar)
}

/** What the columns of the table of servers are: flags of the command, and the formats that they make. */
const flags = {
  '`-m` apr1': 'apr1',
  '`-B` bcrypt': 'bcrypt',
  '`-2` `-5` SHA-crypt': 'sha512crypt',
  '`-s` SHA-1': 'sha1',
}
const cell = ({ takes, others }, format) =>
  takes[format] === true ? 'yes' : takes[format] ? 'as libcrypt' : others === 'compared' ? '**no**' : 'no'
blocks.servers = table(
  ['server', '`--for`', ...Object.keys(flags), 'how it gets the file'],
  Object.entries(targets).map(([name, row]) => [
    row.title,
    `\`${name}\``,
    ...Object.values(flags).map(format => cell(row, format)),
    row.reads,
  ]),
)
Object.assign(blocks, transcripts())

const checks = process.argv.includes('--check')
const place = new URL('../README.md', import.meta.url)
const before = readFileSync(place, 'utf8').replaceAll('\r\n', '\n')
let readme = before
for (const [name, text] of Object.entries(blocks)) {
  readme = fillBlock(readme, name, text)
  if (checks && readme !== before)
    throw new Error(`README.md: "${name}" is not what the tables say; npm run docs`)
}
if (readme !== before) writeFileSync(place, readme)
