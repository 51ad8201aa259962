// Who gets in, and what the others are told: requirements 1, 2, 9, 10, 19, 20, 21, 22, 23, 24, 29, 32.
import assert from 'node:assert/strict'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { eventually } from '../support/outside-program.ts'
import { type Answer, basic, raw } from '../support/raw-client.ts'
import { alice, type Bench, type Check, sees, untouched } from './blackbox-check.ts'
import { HEALTH_PATH } from './blackbox-targets.ts'

const PATHS = [
  '/',
  '/api/2.0/mlflow/experiments/search',
  '/ajax-api/3.0/jobs/search',
  '/gateway/x',
  '/v1/traces',
  '/graphql',
  '/static-files/x',
  '/none',
]
// nobody that another check logs in as: who guesses a name's password slows that name down
const wrong = basic('mallory', 'looking-glass')

/** A new version of the file in one step, as a careful writer makes it. */
function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.new`, text)
  renameSync(`${path}.new`, path)
}

/** Plays with the password file and puts it back. */
async function withFile(
  bench: Bench,
  play: (asAlice: () => Promise<Answer>, before: string) => Promise<void>,
): Promise<void> {
  const before = readFileSync(bench.target.users, 'utf8')
  try {
    await play(() => bench.asAlice({ from: '127.0.1.22' }), before)
  } finally {
    replaceFile(bench.target.users, before)
  }
}

const hashOf = (file: string, user: string): string => new RegExp(`^${user}:(.*)$`, 'm').exec(file)?.[1] ?? ''

export const accessChecks: readonly Check[] = [
  {
    number: 1,
    name: 'no path without the right password',
    async run(bench) {
      for (const path of PATHS) {
        for (const headers of [
          [],
          [wrong],
          [['Authorization', 'Bearer x'] as const],
          [['Authorization', 'Basic !'] as const],
        ]) {
          const answer = await bench.asNobody({ path, headers, from: '127.0.1.1' })
          assert.equal(
            answer.status,
            401,
            `${path} ${headers.length > 0 ? 'with wrong credentials' : 'without credentials'}`,
          )
          assert.match(answer.headers['www-authenticate'] ?? '', /^Basic realm="[^"]+"/)
        }
      }
      untouched(bench)
    },
  },
  {
    number: 1,
    name: 'the challenge says that names and passwords are UTF-8 (RFC 7617)',
    async run(bench) {
      const { headers } = await bench.asNobody()
      assert.match(headers['www-authenticate'] ?? '', /^Basic realm="[^"]+", charset="UTF-8"$/)
    },
  },
  {
    number: 2,
    name: 'right credentials at the first request; status, headers and body come back unchanged',
    async run(bench) {
      bench.upstream.handler = (_, response) => {
        response.writeHead(207, { 'X-Made-By': 'upstream', 'Content-Type': 'text/x-odd' })
        response.end('the body')
      }
      const answer = await bench.asAlice({ path: '/x', method: 'POST', body: 'sent' })
      assert.deepEqual(
        [answer.status, answer.headers['x-made-by'], answer.headers['content-type'], answer.text],
        [207, 'upstream', 'text/x-odd', 'the body'],
      )
    },
  },
  {
    number: 9,
    name: 'the password does not go up: no Authorization',
    async run(bench) {
      await bench.asAlice({
        path: '/gateway/anthropic/v1/messages',
        method: 'POST',
        headers: [['User-Agent', 'claude-cli/2']],
        body: '{}',
      })
      sees(bench, 'authorization', [])
    },
  },
  {
    number: 9,
    name: 'unless it is asked for',
    setup: { forwardAuth: true },
    async run(bench) {
      await bench.asAlice()
      sees(bench, 'authorization', [alice[1]])
    },
  },
  {
    number: 10,
    name: "on /gateway/*, X-MLflow-Authorization logs in and the agent's own Bearer token is forwarded",
    async run(bench) {
      const headers = [
        ['X-MLflow-Authorization', alice[1]],
        ['Authorization', 'Bearer sk-x'],
      ] as const
      const answer = await bench.asNobody({ path: '/gateway/proxy/x', headers })
      assert.equal(answer.status, 200)
      sees(bench, 'authorization', ['Bearer sk-x'])
      sees(bench, 'x-mlflow-authorization', [])
      assert.equal((await bench.asNobody({ path: '/api/x', headers })).status, 401)
    },
  },
  {
    number: 19,
    name: 'wrong credentials with a large body: the client reads 401, nothing goes up',
    async run(bench) {
      const body = Buffer.alloc(20 << 20)
      const answer = await bench.asNobody({
        method: 'PUT',
        path: '/api/2.0/mlflow-artifacts/artifacts/x',
        headers: [wrong, ['Content-Length', String(body.length)]],
        body,
      })
      assert.equal(answer.status, 401)
      const expecting = `PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\nExpect: 100-continue\r\n${wrong.join(': ')}\r\n\r\n`
      assert.match(
        await raw(bench.target.port, expecting, got => got.includes('\r\n\r\n')),
        /^HTTP\/1.1 401 /,
      )
      untouched(bench)
    },
  },
  {
    number: 20,
    name: 'the 401 tells a Python user in plain text which variables to set',
    async run(bench) {
      const { headers, text } = await bench.asNobody({ headers: [['Accept', '*/*']] })
      assert.match(headers['content-type'] ?? '', /^text\/plain/)
      assert.match(text, /MLFLOW_TRACKING_USERNAME[\s\S]*MLFLOW_TRACKING_PASSWORD/)
      assert.ok(text.length < 300, `the body has ${text.length} characters`)
      assert.equal(headers['retry-after'], undefined)
    },
  },
  {
    number: 22,
    name: 'a removed user or a changed password is refused at the next request, even right after a login',
    async run(bench) {
      await withFile(bench, async (asAlice, before) => {
        assert.equal((await asAlice()).status, 200)
        replaceFile(bench.target.users, before.replace(/^alice:.*\n/m, ''))
        assert.equal((await asAlice()).status, 401, 'removed')
        replaceFile(bench.target.users, before)
        assert.equal((await asAlice()).status, 200, 'back again')
        replaceFile(bench.target.users, before.replace(/^alice:.*/m, `alice:${hashOf(before, 'bob')}`))
        assert.equal((await asAlice()).status, 401, 'changed')
      })
    },
  },
  {
    number: 22,
    name: 'a password file that becomes empty or damaged lets nobody in, until it is whole again',
    async run(bench) {
      await withFile(bench, async (asAlice, before) => {
        assert.equal((await asAlice()).status, 200)
        for (const broken of ['', 'alice\n', before.slice(0, before.indexOf('alice:') + 12)]) {
          replaceFile(bench.target.users, broken)
          assert.equal((await asAlice()).status, 401, JSON.stringify(broken.slice(0, 20)))
        }
        replaceFile(bench.target.users, before)
        assert.equal((await asAlice()).status, 200)
      })
    },
  },
  {
    number: 23,
    name: 'odd passwords get in: colon, spaces, umlauts, euro, 72 bytes',
    async run(bench) {
      for (const [user, password] of [
        ['colon', 'a:b c'],
        ['umlaut', 'pässwörd'],
        ['euro', '€uro'],
        ['long', 'x'.repeat(72)],
      ] as const) {
        assert.equal(
          (await bench.asNobody({ from: '127.0.1.23', headers: [basic(user, password)] })).status,
          200,
          user,
        )
      }
    },
  },
  {
    number: 23,
    name: 'a login with umlauts works in Latin-1 too, which Python sends for those in a URL',
    async run(bench) {
      const headers = [basic('umlaut', 'pässwörd', 'latin1')]
      assert.equal((await bench.asNobody({ from: '127.0.1.23', headers })).status, 200)
    },
  },
  {
    number: 24,
    name: 'a burst of wrong passwords is slowed down, and a correct one from the same address still works',
    alone: true,
    async run(bench) {
      assert.equal((await bench.asAlice({ from: '127.0.0.3' })).status, 200)
      const answers = await Promise.all(
        Array.from({ length: 30 }, (_, i) =>
          bench.asNobody({ headers: [basic('mallory', `guess ${i}`)], from: '127.0.0.3' }),
        ),
      )
      const slowed = answers.filter(answer => answer.status === 429)
      assert.ok(
        slowed.length > 0,
        `some are told to wait: ${[...new Set(answers.map(answer => answer.status))]}`,
      )
      for (const answer of slowed) assert.ok(Number(answer.headers['retry-after']) <= 5)
      assert.equal((await bench.asAlice({ from: '127.0.0.3' })).status, 200)
      // the address and the name come back by themselves, for the checks behind this one
      await eventually('the throttle to let go', async () =>
        (await bench.asNobody({ headers: [wrong] })).status === 401 ? true : undefined,
      )
    },
  },
  {
    number: 29,
    name: 'an open path is exact, for GET and HEAD only',
    setup: { allowPath: '/health' },
    async run(bench) {
      assert.equal((await bench.asNobody({ path: '/health' })).status, 200)
      assert.equal((await bench.asNobody({ path: '/health', method: 'HEAD' })).status, 200)
      for (const path of [
        '/healthX',
        '/health/',
        '/health/..',
        '//health',
        '/HEALTH',
        '/health%2f',
        '/health;x',
        '/x/../health',
      ]) {
        assert.notEqual((await bench.asNobody({ path })).status, 200, path)
      }
      assert.notEqual((await bench.asNobody({ path: '/health', method: 'POST' })).status, 200, 'POST')
      assert.equal(bench.upstream.seen.length, 2)
    },
  },
  {
    number: 29,
    name: 'by default nothing is open',
    async run(bench) {
      for (const path of ['/health', '/version', '/favicon.ico', '/static-files/x'])
        assert.equal((await bench.asNobody({ path })).status, 401, path)
      untouched(bench)
    },
  },
  {
    number: 29,
    name: 'a health path needs neither login nor upstream',
    async run(bench) {
      assert.equal((await bench.asNobody({ path: HEALTH_PATH })).status, 200)
      untouched(bench)
    },
  },
  {
    number: 32,
    name: 'a preflight without credentials is 401',
    async run(bench) {
      const headers = [
        ['Origin', 'https://evil.example'],
        ['Access-Control-Request-Method', 'POST'],
      ] as const
      const answer = await bench.asNobody({ method: 'OPTIONS', path: '/api/x', headers })
      assert.equal(answer.status, 401)
      assert.equal(answer.headers['access-control-allow-origin'], undefined)
    },
  },
  {
    number: 32,
    name: 'a listed origin gets its preflight, never *',
    setup: { allowOrigin: 'https://notebook.example' },
    async run(bench) {
      const headers = [
        ['Origin', 'https://notebook.example'],
        ['Access-Control-Request-Method', 'POST'],
        ['Access-Control-Request-Headers', 'authorization'],
      ] as const
      const answer = await bench.asNobody({ method: 'OPTIONS', path: '/api/x', headers })
      assert.ok(answer.status < 300, `status ${answer.status}`)
      assert.equal(answer.headers['access-control-allow-origin'], 'https://notebook.example')
    },
  },
]
