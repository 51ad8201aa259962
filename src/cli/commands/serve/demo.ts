// The app behind `serve --demo`: answers every path with a page on who is signed in and what an app receives.
import type { RequestListener } from 'node:http'
import { demoPage } from './demo-page.ts'

/** The header by which the demo learns who it is, unless --user-header names another one. */
export const DEMO_USER_HEADER = 'X-Forwarded-User'

/** @param userHeader the header in which the guard tells the name. */
export const demoApp =
  (userHeader: string = DEMO_USER_HEADER): RequestListener =>
  (request, response) => {
    const { method = '', url = '', rawHeaders } = request
    const body = Buffer.from(demoPage({ method, target: url, rawHeaders, userHeader }))
    // its form sends nothing of interest, and a body must not wait unread
    request.resume()
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': body.length,
      'cache-control': 'no-store',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
    })
    response.end(method === 'HEAD' ? undefined : body)
  }
