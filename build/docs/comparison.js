// `npm run compare`: writes into docs/comparison.md what the black-box suite found at the guard, nginx and Caddy.
import { readFileSync } from 'node:fs'
import { fillBlock, table } from './markdown.js'
import { readPages, writePage } from './pages.js'

const results = new URL('../../.cache/comparison.json', import.meta.url)
const { servers, checks } = JSON.parse(readFileSync(results, 'utf8'))
const passedByAll = checks.filter(({ outcomes }) => outcomes.every(Boolean)).length
const rows = checks
  .filter(({ outcomes }) => !outcomes.every(Boolean))
  .map(({ name, outcomes }) => [name, ...outcomes.map(outcome => (outcome ? 'yes' : '**no**'))])
const totals = servers.map(
  (_, i) => `${checks.filter(({ outcomes }) => outcomes[i]).length} of ${checks.length}`,
)

const path = 'docs/comparison.md'
const text = table(
  ['', ...servers],
  [
    ...rows,
    [`${passedByAll} further checks, passed by all`, ...servers.map(() => 'yes')],
    ['passed', ...totals],
  ],
)
writePage(path, fillBlock(readPages().get(path), 'comparison', text))
