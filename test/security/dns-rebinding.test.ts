// A page whose name was turned to the guard's address has no login there, and an app's check of Host stays out of it.
import { afterEach, expect, test } from 'vitest'
import { LOGIN, TestGuard } from '../support/test-guard.ts'

let guard: TestGuard
afterEach(() => guard[Symbol.asyncDispose]())

test.each(['evil.example', '10.evil.com', '192.168.1.1.evil.example'])(
  'a page of %s: browsers keep logins by origin, so it comes without one',
  async host => {
    guard = await TestGuard.start()
    for (const line of ['GET / HTTP/1.1', 'POST /ajax-api/2.0/mlflow/runs/delete HTTP/1.1'])
      expect(await guard.status(line, `Host: ${host}`, `Origin: http://${host}`, 'Content-Length: 0')).toBe(
        401,
      )
    expect(guard.received).toEqual([])
  },
)

test('another origin cannot borrow the login either, whatever Host it reached the guard by', async () => {
  guard = await TestGuard.start()
  const lines = ['Host: guard.example', LOGIN, 'Origin: http://evil.example', 'Content-Length: 0']
  expect(await guard.status('POST / HTTP/1.1', ...lines)).toBe(403)
})

test.each(['a b', 'a/b', 'a@b', 'a,b', '[::1', 'a\\b'])('the Host %j is refused', async host => {
  guard = await TestGuard.start()
  expect(await guard.status('GET / HTTP/1.1', `Host: ${host}`, LOGIN)).toBe(400)
  expect(guard.received).toEqual([])
})
