// The pieces of Markdown that the scripts of this folder read and write: tables, generated blocks, tables of contents, examples.

/** A table whose columns are as wide as their widest cell, as the formatter wants them. */
export function table(head, rows) {
  const cells = [head, ...rows].map(row => row.map(cell => cell.replaceAll('|', '\\|')))
  const widths = head.map((_, column) => Math.max(...cells.map(row => row[column].length)))
  const rule = widths.map(width => '-'.repeat(width))
  const line = row => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`
  return [cells[0], rule, ...cells.slice(1)].map(line).join('\n')
}

/** The names of the blocks `<!-- name -->` … `<!-- /name -->` of a page. */
export const blocksOf = markdown => [...markdown.matchAll(/^<!-- ([\w -]+) -->$/gm)].map(([, name]) => name)

/** Replaces what is between `<!-- name -->` and `<!-- /name -->`. */
export function fillBlock(markdown, name, text) {
  const [start, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`]
  const [head, body, ...more] = markdown.split(start)
  const at = body?.indexOf(end) ?? -1
  if (at < 0 || more.length > 0) throw new Error(`expected ${start.trim()} once, followed by ${end}`)
  return `${head}${start}\n${text}\n\n${body.slice(at)}`
}

const withoutFences = markdown => markdown.replaceAll(/^```.*?^```$/gms, '')

/**
 * The headings of a page with the anchors that GitHub gives them.
 *
 * @param {string} markdown
 * @returns {{ level: number, text: string, anchor: string }[]}
 */
export function headingsOf(markdown) {
  const seen = new Map()
  return [...withoutFences(markdown).matchAll(/^(#+) (.*)$/gm)].map(([, marks, text]) => {
    const slug = text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-')
    const count = seen.get(slug) ?? 0
    seen.set(slug, count + 1)
    return { level: marks.length, text, anchor: count === 0 ? slug : `${slug}-${count}` }
  })
}

/** The table of contents of a page: its sections, and the parts of each; names of an API stand on one line. */
export function contentsOf(markdown) {
  const lines = []
  for (const { level, text, anchor } of headingsOf(markdown)) {
    const link = `[${text}](#${anchor})`
    if (level === 2) lines.push(`- ${link}`)
    else if (level === 3 && !/^`\w+`$/.test(text)) lines.push(`  - ${link}`)
    else if (level === 3) {
      const line = lines.pop()
      lines.push(`${line}${line.includes(': [') ? ', ' : ': '}${link}`)
    }
  }
  return lines.join('\n')
}

/**
 * The fenced blocks of a page.
 *
 * @param {string} markdown
 * @returns {{ language: string, text: string }[]}
 */
export const fencesOf = markdown =>
  [...markdown.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language, text]) => ({ language, text }))

/**
 * The JavaScript examples of a page, each with its line and the `text` block after it, which is what it prints.
 *
 * @param {string} markdown
 * @returns {{ line: number, code: string, output: string }[]}
 */
export const programsOf = markdown =>
  [...markdown.matchAll(/^```js\n(.*?)^```$(?:\s*^```text\n(.*?)^```$)?/gms)].map(
    ({ index, 1: code, 2: output = '' }) => ({
      line: markdown.slice(0, index).split('\n').length,
      code,
      output,
    }),
  )
