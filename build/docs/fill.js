// `npm run docs`: fills the generated parts of README.md and docs/*.md. With --check it only names the pages that are not up to date.
import { apiReference } from './api.js'
import { runProgram, runSession } from './examples.js'
import { blocksOf, contentsOf, fillBlock } from './markdown.js'
import { readPages, writePage } from './pages.js'
import { tables } from './tables.js'

const check = process.argv.includes('--check')
const blocks = { ...(await tables()), api: apiReference() }
/** Filled by `npm run compare`, which needs nginx and Caddy. */
const filledElsewhere = ['comparison']

/** Replaces each match of a pattern by what `replace` resolves to for it, one after the other. */
async function replaceInTurn(text, pattern, replace) {
  const parts = []
  let end = 0
  for (const match of text.matchAll(pattern)) {
    parts.push(text.slice(end, match.index), await replace(match))
    end = match.index + match[0].length
  }
  return parts.join('') + text.slice(end)
}

/** Runs the examples of a page and writes down what they print; those of the API page belong to the source code. */
async function runExamples(path, page) {
  if (path === 'docs/api.md') return page
  const programs = /(^```js\n(.*?)^```\n\n```text\n)(.*?)(?=^```$)/gms
  const ran = await replaceInTurn(
    page,
    programs,
    async ([, head, code]) => head + (await runProgram(code)).stdout,
  )
  // Windows has no such shell
  if (process.platform === 'win32') return ran
  const sessions = /(?<=^```console\n)(.*?)(?=^```$)/gms
  return await replaceInTurn(ran, sessions, ([session]) => runSession(session))
}

const missing = new Set(Object.keys(blocks))
const stale = []
for (const [path, before] of readPages()) {
  let page = before
  for (const name of blocksOf(page)) {
    if (name === 'contents' || filledElsewhere.includes(name)) continue
    if (!(name in blocks)) throw new Error(`${path}: nothing fills the block "${name}"`)
    page = fillBlock(page, name, blocks[name])
    missing.delete(name)
  }
  if (path !== 'README.md') page = fillBlock(page, 'contents', contentsOf(page))
  if (!check) page = await runExamples(path, page)
  if (page === before) continue
  stale.push(path)
  if (!check) writePage(path, page)
}
if (missing.size > 0) throw new Error(`no page has the block ${[...missing].join(', ')}`)
if (check && stale.length > 0) throw new Error(`not up to date: ${stale.join(', ')}; run: npm run docs`)
