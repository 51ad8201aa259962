// Writes what the black-box suite measured of the guard, nginx and Caddy into README.md: `npm run compare`.
import { readFileSync, writeFileSync } from 'node:fs'
import { fillBlock, table } from './markdown.js'

const { servers, checks } = JSON.parse(
  readFileSync(new URL('../.cache/comparison.json', import.meta.url), 'utf8'),
)
const passed = checks.filter(({ outcomes }) => outcomes.every(Boolean)).length
const rows = checks
  .filter(({ outcomes }) => !outcomes.every(Boolean))
  .map(({ name, outcomes }) => [name, ...outcomes.map(outcome => (outcome ? 'yes' : '**no**'))])
const totals = servers.map(
  (_, i) => `${checks.filter(({ outcomes }) => outcomes[i]).length} of ${checks.length}`,
)

const place = new URL('../README.md', import.meta.url)
const readme = readFileSync(place, 'utf8').replaceAll('\r\n', '\n')
const text = table(
  ['', ...servers],
  [...rows, [`${passed} further checks, passed by all`, ...servers.map(() => 'yes')], ['passed', ...totals]],
)
writeFileSync(place, fillBlock(readme, 'comparison', text))
