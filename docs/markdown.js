// The pieces of Markdown that the scripts of this folder write: tables, and blocks between two comments.

/** Columns as wide as their widest cell, which is how the formatter wants them. */
export function table(head, rows) {
  const cells = [head, ...rows].map(row => row.map(cell => cell.replaceAll('|', '\\|')))
  const widths = head.map((_, column) => Math.max(...cells.map(row => row[column].length)))
  const rule = widths.map(width => '-'.repeat(width))
  const line = row => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`
  return [cells[0], rule, ...cells.slice(1)].map(line).join('\n')
}

/** Puts a text between `<!-- name -->` and `<!-- /name -->`. */
export function fillBlock(markdown, name, text) {
  const [start, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`]
  const [head, body, ...more] = markdown.split(start)
  const at = body?.indexOf(end) ?? -1
  if (at < 0 || more.length > 0) {
    throw new Error(
      `README.md expected ${start.trim()} once, and ${end} behind it, for \`npm run docs\` to fill`,
    )
  }
  return `${head}${start}\n${text}\n\n${body.slice(at)}`
}
