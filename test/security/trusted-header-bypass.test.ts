// The path that counts is the request's own, never one that a header names (CVE-2026-40575), and no other header opens
// anything (CVE-2026-34457: a probe's User-Agent did).
import { afterEach, expect, test } from 'vitest'
import { TestGuard } from '../support/test-guard.ts'

let guard: TestGuard
afterEach(() => guard[Symbol.asyncDispose]())

test.each([
  'X-Forwarded-Uri: /health',
  'X-Forwarded-Path: /health',
  'X-Original-URL: /health',
  'X-Rewrite-URL: /health',
  'X-HTTP-Method-Override: GET',
  'X-Forwarded-For: 127.0.0.1',
  'User-Agent: kube-probe/1.30',
  'User-Agent: GoogleHC/1.0',
  'X-Forwarded-User: alice',
  'Authorization: Bearer alice',
  'Cookie: session=alice',
])('%s opens nothing', async line => {
  guard = await TestGuard.start({ allowPaths: ['/health'], trustProxy: ['127.0.0.1'] })
  expect(await guard.status('GET /admin HTTP/1.1', line)).toBe(401)
  expect(guard.received).toEqual([])
})
