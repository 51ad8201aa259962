// The app behind `serve --demo`: one page that shows who is signed in and what an app behind the guard receives.
import type { IncomingMessage, RequestListener } from 'node:http'

/** The header by which the demo learns who it is, unless --user-header names another one. */
export const DEMO_USER_HEADER = 'X-Forwarded-User'

/** Answers every path with the page. */
export const demoApp =
  (userHeader: string = DEMO_USER_HEADER): RequestListener =>
  (request, response) => {
    const body = Buffer.from(page(request, userHeader))
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': body.length,
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    })
    response.end(request.method === 'HEAD' ? undefined : body)
  }

function page(request: IncomingMessage, userHeader: string): string {
  const user = request.headers[userHeader.toLowerCase()]
  const rows: string[] = []
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    rows.push(
      `<tr><th scope="row">${escapeHtml(request.rawHeaders[i])}<td>${escapeHtml(request.rawHeaders[i + 1])}`,
    )
  }
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>htpasswd serve: signed in</title>
<style>
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1rem; color-scheme: light dark }
  table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #8886; overflow-wrap: anywhere }
  th { white-space: nowrap; font-weight: 600 } code, pre { background: #8882; padding: .1rem .3rem; border-radius: .2rem } pre { padding: .8rem; overflow-x: auto }
</style>
<h1>Signed in as ${escapeHtml(String(user ?? 'nobody'))}</h1>
<p>This page stands for your app. It knows nothing of passwords: the guard in front of it asked for yours,
checked it against the password file and passed this on:</p>
<pre>${escapeHtml(request.method)} ${escapeHtml(request.url)}</pre>
<table>${rows.join('\n')}</table>
<p>The <code>Authorization</code> header with your password is not among it. To guard an app of your own:</p>
<pre>htpasswd serve --upstream http://127.0.0.1:5000
htpasswd serve -- mlflow server --port 5000</pre>
<p>Add users with <code>htpasswd FILE NAME</code>; the guard takes them over at the next request.</p>
`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escapeHtml = (text = ''): string => text.replace(/[&<>"']/g, character => entities[character] ?? '')
