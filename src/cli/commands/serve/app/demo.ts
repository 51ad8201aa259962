// The app of `serve --demo`: responds to every path with a page that shows who is logged in and what an app receives.
import type { RequestListener } from 'node:http'
import { escapeHtml } from '../../../../http/basic/html.ts'
import { programName } from '../../../terminal/program-name.ts'

/** The header in which the demo gets the user's name, unless --user-header names another one. */
export const DEMO_USER_HEADER = 'X-Forwarded-User'

/** @param userHeader the header in which the guard sends the user's name. */
export const demoApp =
  (userHeader: string = DEMO_USER_HEADER): RequestListener =>
  (request, response) => {
    const { method = '', url = '', rawHeaders } = request
    const body = Buffer.from(demoPage({ method, target: url, rawHeaders, userHeader }))
    // the body of its form is not used, but an unread body would block the connection
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

/** A request as the guard forwarded it. */
export interface DemoRequest {
  readonly method: string
  readonly target: string
  /** Names and values alternate, as in `node:http`. */
  readonly rawHeaders: readonly string[]
  /** The header in which the guard sends the user's name. */
  readonly userHeader: string
}

/** A page without external resources: no script, font or image. */
export function demoPage({ method, target, rawHeaders, userHeader }: DemoRequest): string {
  const headers = rawHeaders.flatMap((name, i) =>
    i % 2 === 0 ? [[name, rawHeaders[i + 1] ?? ''] as const] : [],
  )
  const known = headers.find(([name]) => name.toLowerCase() === userHeader.toLowerCase())
  // node:http decodes header values as Latin-1; user names are UTF-8
  const user = Buffer.from(known?.[1] ?? 'nobody', 'latin1').toString('utf8')
  const name = escapeHtml(programName())
  const isForwarded = headers.some(([name]) => isPassword(name))
  const rows = headers.map(([name, value]) =>
    row(name, isPassword(name) ? '(hidden here)' : value, noteOn(name, userHeader)),
  )
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Signed in as ${escapeHtml(user)}</title>
<style>${STYLE}</style>
<header>
  <span class="initial" aria-hidden="true">${escapeHtml([...user][0]?.toUpperCase() ?? '')}</span>
  <div>
    <h1>Signed in as ${escapeHtml(user)}</h1>
    <p>The guard works. Your app will be in the place of this page.</p>
  </div>
</header>
<ol class="way">
  <li><b>Your browser</b>sends the password with every request
  <li class="here"><b>htpasswd serve</b>checks it and does not forward it
  <li><b>Your app</b>gets the request below
</ol>
<section>
  <h2>What the app received</h2>
  <pre class="request">${escapeHtml(method)} ${escapeHtml(target)}</pre>
  <table>
${rows.join('\n')}
${isForwarded ? '' : KEPT_ROW}  </table>
  <form method="post"><button>Send a POST</button> from this page: it is forwarded. One from another site’s page is refused.</form>
</section>
<section>
  <h2>Your own app</h2>
  <p>One that is running, or one that the guard starts and stops:</p>
  <pre>${name} serve --upstream http://127.0.0.1:5000
${name} serve -- mlflow server --port 5000</pre>
  <p>Add a user, who can log in at once:</p>
  <pre>${name} -B -C 12 .htpasswd bob</pre>
  <p>For other machines add <code>--listen 0.0.0.0:8080</code> and <code>--https</code>.</p>
</section>
</html>
`
}

const isPassword = (name: string): boolean => name.toLowerCase() === 'authorization'

const KEPT_ROW =
  '    <tr class="kept"><th scope="row">Authorization<td>not forwarded<td>the app does not get the password\n'

const OWN_NOTES = new Map([
  ['host', 'the app’s own address'],
  ['x-forwarded-for', 'the client’s address; what the client sent is removed'],
  ['x-forwarded-proto', 'the scheme of that address'],
  ['origin', 'the app’s own address, for requests of its own pages'],
])

/** The note on a header that the guard set; undefined for one of the client. */
const noteOn = (name: string, userHeader: string): string | undefined =>
  name.toLowerCase() === userHeader.toLowerCase() ? 'the user name' : OWN_NOTES.get(name.toLowerCase())

const row = (name: string, value: string, note: string | undefined): string =>
  `    <tr${note === undefined ? '' : ' class="own"'}><th scope="row">${escapeHtml(name)}<td>${escapeHtml(value)}<td>${note === undefined ? '' : `set by the guard: ${note}`}`

const STYLE = `
  :root { color-scheme: light dark; --line: #8883; --soft: #8881; --accent: light-dark(#0b6b4f, #5fd0a5) }
  body { font: 1rem/1.55 system-ui, sans-serif; max-width: 54rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem }
  header { display: flex; gap: 1rem; align-items: center }
  h1 { font-size: 1.7rem; line-height: 1.2; margin: 0; overflow-wrap: anywhere } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem } header p { margin: .2rem 0 0; opacity: .75 }
  .initial { flex: none; width: 3.2rem; height: 3.2rem; border-radius: 50%; display: grid; place-items: center; font-size: 1.5rem; font-weight: 600; color: light-dark(#fff, #000); background: var(--accent) }
  .way { list-style: none; display: grid; grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); gap: .8rem; margin: 1.8rem 0 0; padding: 0; font-size: .92rem }
  .way li { border: 1px solid var(--line); border-radius: .6rem; padding: .7rem .9rem } .way b { display: block } .way .here { border-color: var(--accent); background: var(--soft) }
  table { border-collapse: collapse; width: 100%; font-size: .9rem } th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere }
  th { font-weight: 600; white-space: nowrap; overflow-wrap: break-word } td:last-child { width: 17rem; opacity: .75 } .own th, .kept th { color: var(--accent) } .kept td { font-style: italic }
  pre { background: var(--soft); border: 1px solid var(--line); border-radius: .6rem; padding: .7rem .9rem; overflow-x: auto; margin: .5rem 0 } code { background: var(--soft); padding: .1rem .3rem; border-radius: .25rem }
  form { margin: 1rem 0; font-size: .92rem } button { font: inherit; padding: .3rem .8rem; border-radius: .4rem; border: 1px solid var(--accent); background: none; color: var(--accent); cursor: pointer }
  @media (max-width: 40rem) { td:last-child { display: none } th { white-space: normal } }
`
