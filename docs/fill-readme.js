// Writes the parts of README.md that are made from the command's own tables; with --check only says which are stale.
import { readFileSync, writeFileSync } from 'node:fs'
import { synopsis } from '../dist/cli/classic-options.js'
import { serveOptions } from '../dist/cli/serve-option-table.js'

const fence = text => `\`\`\`text\n${text}\n\`\`\``

/** Columns as wide as their widest cell, which is how the formatter wants them. */
function table(head, rows) {
  const cells = [head, ...rows].map(row => row.map(cell => cell.replaceAll('|', '\\|')))
  const widths = head.map((_, column) => Math.max(...cells.map(row => row[column].length)))
  const line = row => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`
  return [line(cells[0]), line(widths.map(width => '-'.repeat(width))), ...cells.slice(1).map(line)].join(
    '\n',
  )
}

const serveOption = ([name, { alias, argument, describe, default: standard }]) => [
  `${alias ? `\`-${alias}\`, ` : ''}\`--${name}${argument ? ` ${argument}` : ''}\``,
  standard === undefined ? describe : `${describe}; default \`${standard}\``,
]

const blocks = {
  usage: fence(synopsis.join('\n')),
  'serve options': table(['option', 'what it does'], Object.entries(serveOptions).map(serveOption)),
}

const place = new URL('../README.md', import.meta.url)
const before = readFileSync(place, 'utf8').replaceAll('\r\n', '\n')
let readme = before
for (const [name, text] of Object.entries(blocks)) {
  const [start, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`]
  const [head, body, ...more] = readme.split(start)
  const at = body?.indexOf(end) ?? -1
  if (at < 0 || more.length > 0)
    throw new Error(`README.md expected one ${start.trim()} and ${end} behind it`)
  const filled = `${head}${start}\n${text}\n\n${body.slice(at)}`
  if (filled !== readme) process.exitCode = process.argv.includes('--check') ? 1 : 0
  if (process.exitCode)
    process.stderr.write(`README.md: "${name}" is not what the tables say; npm run docs\n`)
  readme = filled
}
if (!process.argv.includes('--check') && readme !== before) writeFileSync(place, readme)
