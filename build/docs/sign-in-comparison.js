// `npm run compare:sign-in`: asks oauth2-proxy and `serve --login` the same questions, with the same password file, and writes
// the table of their answers into docs/sign-in.md.
// Needs redis-server, python3 and oauth2-proxy: GOBIN=$PWD/.cache/oauth2-proxy go install github.com/oauth2-proxy/oauth2-proxy/v7@v7.15.6
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { table } from './markdown.js'
import { answersOf, products } from './sign-in-questions.js'

const page = join(import.meta.dirname, '../../docs/sign-in.md')
const names = Object.keys(products)
const columns = []
for (const name of names) columns.push(await answersOf(products[name]))
const [first] = columns
const rows = Object.keys(first).map(question => [question, ...columns.map(answers => answers[question])])
const text = readFileSync(page, 'utf8')
const marked = /(<!-- comparison -->\n\n)[\s\S]*?(\n\n<!-- \/comparison -->)/
writeFileSync(
  page,
  text.replace(marked, (_, begin, end) => `${begin}${table(['', ...names], rows).trim()}${end}`),
)
