// The forty requirements of a guard before MLflow, and that each has at least one test that is named by its number.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { accessChecks } from '../interop/blackbox-access.ts'
import { bodyChecks } from '../interop/blackbox-bodies.ts'
import { headerChecks } from '../interop/blackbox-headers.ts'

const requirements = [
  'no path without a login',
  'credentials on the first request; the answer unchanged',
  "any Host from the client, the upstream's own to the app",
  "the app's own page may POST",
  'a foreign page may not',
  'X-Forwarded-For is one line, the address that connected',
  'localhost is 127.0.0.1',
  'no ::ffff:',
  'no Authorization upstream',
  'X-MLflow-Authorization on /gateway/*',
  'no claimed identities upstream',
  'X-Forwarded-Proto fits the Host',
  '2 GB up, memory flat',
  'no 408 on a slow upload',
  'no 504 unless asked for',
  '2 GB down, memory flat; Range, HEAD, encodings pass',
  'events at once, across silences',
  'a client that leaves ends the request, a cut is no clean end',
  'wrong credentials with a large PUT are a 401',
  'the 401 names the variables',
  'a hundred cold requests cost one hash',
  'a changed file counts at once, a broken one does not',
  'odd passwords, and their Latin-1 form',
  'wrong passwords are slowed, right ones are not',
  'upstream down is 502 at once',
  'idle upstream connections cost no POST',
  'WebSocket handshakes are answered',
  'the target goes up byte for byte; ambiguous requests are refused',
  'open paths are open exactly',
  'below a path',
  'redirects lead to the public address',
  'preflights',
  'response headers stay',
  'OTLP goes up as it came',
  'a head of 30 KB',
  'the Python client',
  'the UI in a browser',
  'on Windows',
  'messages and warnings at the start',
  'the access log',
]

const folder = join(import.meta.dirname, '..')
const tests = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file =>
  file.endsWith('.test.ts'),
)
const named = new Set(
  tests.flatMap(file =>
    [
      ...readFileSync(join(folder, file), 'utf8').matchAll(/['"`]requirements? (\d+)(?: and (\d+))?: /g),
    ].flatMap(([, ...numbers]) => numbers.filter(text => text !== undefined).map(Number)),
  ),
)
for (const { number } of [...accessChecks, ...headerChecks, ...bodyChecks]) named.add(number)

// a folder of its own, for all of it runs under Windows' own Node
if (tests.some(file => /^windows[\\/]/.test(file))) named.add(38)

test('there are forty', () => expect(requirements).toHaveLength(40))

describe.each(requirements.map((text, i) => ({ number: i + 1, text })))(
  'requirement $number',
  ({ number, text }) => {
    test(`has a test: ${text}`, () => expect(named).toContain(number))
  },
)
