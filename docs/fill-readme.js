// Writes the parts of README.md that are made from the command's own tables; with --check only says which are stale.
import { readFileSync, writeFileSync } from 'node:fs'
import { synopsis } from '../dist/cli/classic-options.js'
import { commands } from '../dist/cli/commands.js'

const fence = lines => ['```text', ...lines, '```'].join('\n')

/** Columns as wide as their widest cell, which is how the formatter wants them. */
function table(head, rows) {
  const cells = [head, ...rows].map(row => row.map(cell => cell.replaceAll('|', '\\|')))
  const widths = head.map((_, column) => Math.max(...cells.map(row => row[column].length)))
  const rule = widths.map(width => '-'.repeat(width))
  const line = row => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`
  return [cells[0], rule, ...cells.slice(1)].map(line).join('\n')
}

const option = ([name, { alias, argument, describe, default: standard }]) => [
  `${alias ? `\`-${alias}\`, ` : ''}\`--${name}${argument ? ` ${argument}` : ''}\``,
  standard === undefined ? describe : `${describe}; default \`${standard}\``,
]

// `service` takes the options of `serve` as well; each one is listed once
const listed = new Set(['help'])

function commandBlock({ name, synopsis: forms, options }) {
  const rows = Object.entries(options).filter(([one]) => !listed.has(one))
  for (const [one] of rows) listed.add(one)
  const lines = forms.map(form => `htpasswd ${name} ${form}`.trimEnd())
  const tables = rows.length === 0 ? '' : `\n\n${table(['option', 'what it does'], rows.map(option))}`
  return fence(lines) + tables
}

const blocks = { usage: fence(synopsis) }
for (const { load } of commands) {
  const { grammar } = await load()
  blocks[grammar.name] = commandBlock(grammar)
}

const checks = process.argv.includes('--check')
const place = new URL('../README.md', import.meta.url)
const before = readFileSync(place, 'utf8').replaceAll('\r\n', '\n')
let readme = before
for (const [name, text] of Object.entries(blocks)) {
  const [start, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`]
  const [head, body, ...more] = readme.split(start)
  const at = body?.indexOf(end) ?? -1
  if (at < 0 || more.length > 0) {
    throw new Error(
      `README.md expected ${start.trim()} once, and ${end} behind it, for \`npm run docs\` to fill`,
    )
  }
  readme = `${head}${start}\n${text}\n\n${body.slice(at)}`
  if (checks && readme !== before)
    throw new Error(`README.md: "${name}" is not what the tables say; npm run docs`)
}
if (readme !== before) writeFileSync(place, readme)
