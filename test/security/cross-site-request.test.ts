// Browsers send the login with whatever any page asks; the guard lets only the app's own pages change something.
// MLflow's own shield leaves out /graphql, /gateway and /v1/traces.
import { afterEach, describe, expect, test } from 'vitest'
import { LOGIN, TestGuard } from '../support/test-guard.ts'

let guard: TestGuard
afterEach(() => guard[Symbol.asyncDispose]())

const paths = ['/ajax-api/2.0/mlflow/runs/search', '/graphql', '/gateway/x', '/v1/traces', '/']
const foreign = [
  ['Origin: https://evil.example'],
  ['Origin: null'],
  ['Origin: http://guard.example.evil.example'],
  ['Origin: http://guard.example:81'],
  ['Origin: https://evil.example', 'Sec-Fetch-Site: cross-site'],
  ['Sec-Fetch-Site: cross-site'],
  ['Sec-Fetch-Site: same-site'],
]

describe.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s', method => {
  test.each(foreign)('with %s is refused on every path', async (...lines) => {
    guard = await TestGuard.start()
    for (const path of paths) {
      expect(
        await guard.status(
          `${method} ${path} HTTP/1.1`,
          'Host: guard.example',
          LOGIN,
          'Content-Length: 0',
          ...lines,
        ),
      ).toBe(403)
    }
    expect(guard.received).toEqual([])
  })

  test("from the app's own page it goes up with the app's own origin", async () => {
    guard = await TestGuard.start()
    for (const host of ['192.168.1.20:8080', 'mlflow.example.com', 'box.tailnet.ts.net', '[fd00::2]:8080']) {
      const got = await guard.forward(
        `${method} / HTTP/1.1`,
        `Host: ${host}`,
        `Origin: http://${host}`,
        'Content-Length: 0',
      )
      expect(got?.values('origin')).toEqual([guard.appOrigin])
      expect(got?.values('host')).toEqual([guard.appOrigin.slice(7)])
    }
  })
})

test('a program, which sends neither header, may', async () => {
  guard = await TestGuard.start()
  expect(await guard.status('POST / HTTP/1.1', LOGIN, 'Content-Length: 0')).toBe(200)
})

test('a foreign page may not open a WebSocket', async () => {
  guard = await TestGuard.start()
  guard.app.on('upgrade', () => expect.unreachable())
  const lines = ['Connection: Upgrade', 'Upgrade: websocket', 'Origin: https://evil.example']
  expect(await guard.raw(`GET / HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\n${lines.join('\r\n')}\r\n\r\n`)).toMatch(
    /^HTTP\/1\.1 403 /,
  )
})

test('a foreign page that only reads is not called the own one', async () => {
  guard = await TestGuard.start()
  const got = await guard.forward('GET / HTTP/1.1', 'Origin: https://evil.example')
  expect(got?.values('origin')).toEqual(['https://evil.example'])
})

test('an origin that the operator named may', async () => {
  guard = await TestGuard.start({ allowOrigins: ['https://notebook.example'] })
  const lines = ['Origin: https://notebook.example', 'Sec-Fetch-Site: cross-site', 'Content-Length: 0']
  expect(await guard.status('POST / HTTP/1.1', LOGIN, ...lines)).toBe(200)
})
