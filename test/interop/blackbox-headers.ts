// What the app sees of a request and the client of an answer: requirements 3 to 8, 11, 12, 28, 30, 31, 33, 34, 35.
import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { raw } from '../support/raw-client.ts'
import { alice, type Bench, type Check, sees, untouched } from './blackbox-check.ts'

const upstreamHost = (bench: Bench): string => `127.0.0.1:${bench.upstream.port}`
const NAMES = ['192.168.1.20:8080', 'mlflow.example.com', 'box.tailnet.ts.net', '[fd00::2]:8080', 'box']

/** Requests in lines that "|" ends, with Host and the right password behind the first: each is refused, or cut off. */
async function refuses(bench: Bench, cases: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(cases)) {
    const [first = '', ...rest] = text.split('|')
    const lines = [first, 'Host: x', alice.join(': '), ...rest].join('\r\n')
    const answer = await raw(bench.target.port, lines, got => got.includes('\r\n\r\n'), 3000)
    assert.match(answer, /^(HTTP\/1.1 (4\d\d|501) |$)/, name)
    untouched(bench)
  }
}

export const headerChecks: readonly Check[] = [
  {
    number: 3,
    name: "whatever the browser's Host, the app sees its own",
    async run(bench) {
      for (const host of NAMES) {
        bench.upstream.reset()
        assert.equal((await bench.asAlice({ headers: [['Host', host]] })).status, 200, host)
        sees(bench, 'host', [upstreamHost(bench)])
      }
    },
  },
  {
    number: 4,
    name: "a POST by the app's own page works: the app sees a loopback Origin, or none",
    async run(bench) {
      for (const host of NAMES) {
        bench.upstream.reset()
        const headers = [
          ['Host', host],
          ['Origin', `http://${host}`],
          ['Sec-Fetch-Site', 'same-origin'],
        ] as const
        const answer = await bench.asAlice({
          method: 'POST',
          path: '/ajax-api/2.0/mlflow/runs/search',
          headers,
          body: '{}',
        })
        assert.equal(answer.status, 200, host)
        for (const origin of bench.upstream.only.all('origin'))
          assert.equal(new URL(origin).hostname, '127.0.0.1')
      }
    },
  },
  {
    number: 5,
    name: 'a page of another site cannot change anything, on any path, with any method',
    async run(bench) {
      for (const origin of ['https://evil.example', 'null']) {
        for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
          for (const path of ['/ajax-api/2.0/mlflow/runs/delete', '/graphql', '/gateway/x', '/v1/traces']) {
            const answer = await bench.asAlice({
              method,
              path,
              headers: [
                ['Origin', origin],
                ['Sec-Fetch-Site', 'cross-site'],
              ],
            })
            assert.equal(answer.status, 403, `${method} ${path} from ${origin}`)
          }
        }
      }
      assert.equal(
        (await bench.asAlice({ method: 'POST', headers: [['Sec-Fetch-Site', 'cross-site']] })).status,
        403,
        'without Origin',
      )
      untouched(bench)
    },
  },
  {
    number: 5,
    name: 'unless the operator lists its origin',
    setup: { allowOrigin: 'https://notebook.example' },
    async run(bench) {
      const headers = [
        ['Origin', 'https://notebook.example'],
        ['Sec-Fetch-Site', 'cross-site'],
      ] as const
      assert.equal((await bench.asAlice({ method: 'POST', path: '/api/x', headers })).status, 200)
    },
  },
  {
    number: 6,
    name: 'X-Forwarded-For is one line with the address that connected, whatever the client claims',
    async run(bench) {
      for (const claims of [[], ['127.0.0.1'], ['127.0.0.1', '::1'], ['']]) {
        bench.upstream.reset()
        await bench.asAlice({
          from: '127.0.0.2',
          headers: claims.map(value => ['X-Forwarded-For', value] as const),
        })
        sees(bench, 'x-forwarded-for', ['127.0.0.2'])
      }
    },
  },
  {
    number: 7,
    name: 'an upstream called localhost is reached over IPv4, from 127.0.0.1',
    setup: { upstreamHost: 'localhost' },
    async run(bench) {
      let from: string | undefined
      bench.upstream.handler = (request, response) => {
        from = request.socket.remoteAddress
        response.end()
      }
      assert.equal((await bench.asAlice()).status, 200)
      assert.equal(from, '127.0.0.1')
    },
  },
  {
    number: 8,
    name: 'a local user is 127.0.0.1, not ::ffff:127.0.0.1',
    async run(bench) {
      await bench.asAlice()
      sees(bench, 'x-forwarded-for', ['127.0.0.1'])
    },
  },
  {
    number: 11,
    name: 'forged identity and forwarding headers are not forwarded, in any spelling',
    async run(bench) {
      const names = [
        'X-Forwarded-User',
        'X_Forwarded_User',
        'x.forwarded.user',
        'X-Remote-User',
        'Remote-User',
        'X-Forwarded-Host',
        'X-Forwarded-Prefix',
        'Forwarded',
      ]
      await bench.asAlice({ headers: names.map(name => [name, 'spoofed'] as const) })
      const got = bench.upstream.only.rawHeaders
      assert.ok(!got.includes('spoofed'), `the upstream got ${got.join(' ')}`)
    },
  },
  {
    number: 11,
    name: "the guard's own user header goes up once, even where Connection names it",
    setup: { userHeader: 'X-Forwarded-User' },
    async run(bench) {
      await bench.asAlice({
        headers: [
          ['X-Forwarded-User', 'root'],
          ['Connection', 'close, X-Forwarded-User, X-Forwarded-For'],
        ],
      })
      sees(bench, 'x-forwarded-user', ['alice'])
      sees(bench, 'x-forwarded-for', ['127.0.0.1'])
    },
  },
  {
    number: 28,
    name: 'the request target goes up byte for byte',
    async run(bench) {
      for (const path of [
        '/a%2Fb',
        '/a%20b',
        '/caf%C3%A9',
        '//x//y',
        '/a/..;/b',
        '/a/./b',
        '/x?filter=a%27b&order_by=x',
        '/x?',
        '/a%2e%2e/b',
      ]) {
        bench.upstream.reset()
        await bench.asAlice({ path })
        assert.equal(bench.upstream.only.url, path)
      }
    },
  },
  {
    number: 28,
    name: 'ambiguously framed requests are refused and not forwarded',
    run: bench =>
      refuses(bench, {
        'CL and TE': 'POST / HTTP/1.1|Content-Length: 4|Transfer-Encoding: chunked||0||',
        'two lengths': 'POST / HTTP/1.1|Content-Length: 4|Content-Length: 5||aaaaa',
        'a blank before the colon': 'POST / HTTP/1.1|Transfer-Encoding : chunked||0||',
        'an unknown coding': 'POST / HTTP/1.1|Transfer-Encoding: xchunked||0||',
        'a folded line': 'GET / HTTP/1.1|X: a| b||',
        'two hosts': 'GET / HTTP/1.1|Host: y||',
      }),
  },
  {
    number: 28,
    name: 'request targets that are not a path (another host, CONNECT, a fragment) are refused and not forwarded',
    run: bench =>
      refuses(bench, {
        'another host': 'GET http://evil.example/ HTTP/1.1||',
        CONNECT: 'CONNECT 127.0.0.1:22 HTTP/1.1||',
        'a fragment': 'GET /health#/../admin HTTP/1.1||',
      }),
  },
  {
    number: 30,
    name: 'below a prefix: redirect to the slash, prefix taken off',
    setup: { prefix: '/mlflow' },
    async run(bench) {
      const redirect = await bench.asAlice({ path: '/mlflow' })
      assert.ok([301, 307, 308].includes(redirect.status), `status ${redirect.status}`)
      assert.equal(
        redirect.headers.location?.startsWith('/mlflow/'),
        true,
        `Location ${redirect.headers.location}`,
      )
      bench.upstream.reset()
      await bench.asAlice({ path: '/mlflow/x?y=1' })
      assert.equal(bench.upstream.only.url, '/x?y=1')
    },
  },
  {
    number: 31,
    name: "the app's redirects to its own address lead to the public one",
    async run(bench) {
      bench.upstream.handler = (_, response) => {
        response.writeHead(302, { location: `http://${upstreamHost(bench)}/next` }).end()
      }
      const { headers } = await bench.asAlice({ headers: [['Host', 'box.example:8080']] })
      assert.match(headers.location ?? '', /^(http:\/\/box\.example(:\d+)?)?\/next$/)
    },
  },
  {
    number: 33,
    name: "the app's headers are unchanged, except that hop-by-hop headers are removed",
    async run(bench) {
      const kept = [
        ['X-Frame-Options', 'SAMEORIGIN'],
        ['X-Content-Type-Options', 'nosniff'],
        ['Cache-Control', 'no-cache'],
        ['ETag', '"x"'],
        ['Content-Disposition', 'attachment; filename="ä.txt"'],
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2; HttpOnly'],
      ] as const
      bench.upstream.handler = (_, response) => {
        const lines = [
          ...kept,
          ['X-Hop', 'x'],
          ['Connection', 'keep-alive, X-Hop'],
          ['Keep-Alive', 'timeout=5'],
        ]
        response.socket?.end(
          Buffer.from(
            `HTTP/1.1 200 OK\r\nContent-Length: 2\r\n${lines.map(line => line.join(': ')).join('\r\n')}\r\n\r\nok`,
            'latin1',
          ),
        )
      }
      const { rawHeaders, status } = await bench.asAlice()
      assert.equal(status, 200)
      const got = rawHeaders.flatMap((name, i) =>
        i % 2 === 0 ? [`${name.toLowerCase()}: ${rawHeaders[i + 1]}`] : [],
      )
      for (const [name, value] of kept)
        assert.equal(got.filter(line => line === `${name.toLowerCase()}: ${value}`).length, 1, name)
      assert.ok(!got.some(line => line.startsWith('x-hop')), 'X-Hop')
    },
  },
  {
    number: 34,
    name: 'compressed OTLP goes up as it came',
    async run(bench) {
      const body = gzipSync('protobuf')
      const headers = [
        ['Content-Type', 'application/x-protobuf'],
        ['Content-Encoding', 'gzip'],
        ['x-mlflow-experiment-id', '1'],
        ['Content-Length', String(body.length)],
      ] as const
      const answer = await bench.asAlice({ method: 'POST', path: '/v1/traces', headers, body })
      assert.equal(JSON.parse(answer.text).body.bytes, body.length)
      for (const [name, value] of headers) sees(bench, name, [value])
    },
  },
  {
    number: 35,
    name: 'a request head of 30 KB passes; a far larger one is answered, not reset',
    async run(bench) {
      const headers = Array.from({ length: 6 }, (_, i) => [`X-Part-${i}`, 'c'.repeat(2000)] as const)
      assert.equal((await bench.asAlice({ path: `/x?${'f'.repeat(18_000)}`, headers })).status, 200)
      const answer = await raw(
        bench.target.port,
        `GET / HTTP/1.1\r\nHost: x\r\nX: ${'c'.repeat(200_000)}\r\n\r\n`,
        got => got.includes('\r\n\r\n'),
      )
      assert.match(answer, /^HTTP\/1.1 4\d\d /)
    },
  },
]
