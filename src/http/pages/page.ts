// The common layout of all pages: light and dark, for phones and desktops, without fonts or images.
import { createHash } from 'node:crypto'
import { escapeHtml } from '../basic/html.ts'
import { type CannedResponse, completeResponse } from '../basic/responses.ts'
import type { Language } from './texts.ts'

const STYLE = `
:root { color-scheme: light dark; --ink: #1d2127; --muted: #59636e; --paper: #fff; --line: #d0d7de; --accent: #0b6b4f; --on-accent: #fff; --alert: #b3261e }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --muted: #9aa4af; --paper: #15181c; --line: #3a424b; --accent: #5fd0a5; --on-accent: #10201a; --alert: #ff8a80 } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 2rem 1.25rem; font: 1rem/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper) }
main { width: 100%; max-width: 27rem; overflow-wrap: anywhere }
h1 { margin: 0 0 .8rem; font-size: 1.55rem; line-height: 1.25; font-weight: 650; text-wrap: balance }
p { margin: 0 0 .8rem }
a { color: var(--accent) }
.actions { display: flex; flex-wrap: wrap; align-items: center; gap: .8rem 1.2rem; margin: 1.5rem 0 }
.button, button { display: inline-block; padding: .5rem 1.1rem; border: 1px solid var(--accent); border-radius: .45rem; font: inherit; font-weight: 600; text-decoration: none; color: var(--on-accent); background: var(--accent); cursor: pointer }
.button:focus-visible, button:focus-visible, a:focus-visible, input:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
.small { font-size: .875rem; color: var(--muted) }
.end { margin-top: 1.8rem; padding-top: .9rem; border-top: 1px solid var(--line) }
`

/** The style of pages with forms. */
const FORM_STYLE = `
h2 { margin: 2rem 0 .6rem; font-size: 1.15rem }
label { display: block; margin: .9rem 0 .25rem; font-weight: 600 }
input:not([type=checkbox]), select { display: block; width: 100%; padding: .5rem .6rem; border: 1px solid var(--muted); border-radius: .45rem; font: inherit; color: inherit; background: var(--paper) }
[hidden] { display: none !important }
select:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
.row { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: .2rem 1rem; margin-top: .9rem }
.row label { margin: 0 }
.check { display: flex; gap: .5rem; font-weight: 400 }
.check input { flex: none; width: 1.1rem; height: 1.1rem; margin: .2rem 0; accent-color: var(--accent) }
.plain { padding: 0; border: 0; font-weight: 400; text-decoration: underline; color: var(--accent); background: none }
.notice { padding: .7rem .9rem; border: 1px solid var(--accent); border-left-width: .3rem; border-radius: .45rem }
.notice.error { border-color: var(--alert) }
.notice label { margin-top: 0 }
dl { display: grid; grid-template-columns: auto 1fr; gap: .2rem 1rem; margin: 0 0 .8rem }
dt { color: var(--muted) }
dd { margin: 0 }
.caps { margin: .3rem 0 0 }
.caps:empty { margin: 0 }
fieldset { margin: 0; padding: 0; border: 0 }
legend { padding: 0; font-weight: 600 }
.list { margin: 0; padding: 0; list-style: none }
`

const sourceOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** Allows these style sheets and no others, so that injected text cannot restyle a page. */
const STYLE_SOURCE = sourceOf(STYLE)
const FORM_STYLE_SOURCE = sourceOf(FORM_STYLE)

/** The options of a page. */
export interface PageOptions {
  readonly lang: Language
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Whether its forms may be sent, to this server only. Default: no forms. */
  readonly forms?: boolean
  /** A script of its own, allowed by its digest. */
  readonly script?: string
  /** Whether pages of other sites may show it in a frame: only for a page on which a click reveals nothing. */
  readonly frames?: boolean
}

/**
 * A page.
 *
 * @param title as text: the title of the window, and the heading.
 * @param body as HTML, without the heading; put text in with `escapeHtml`.
 */
export function layout(title: string, body: string, options: PageOptions): CannedResponse {
  const { lang, status, headers = {}, forms = false, script, frames = false } = options
  const html = `<!doctype html>
<html lang="${lang}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>${forms ? `<style>${FORM_STYLE}</style>` : ''}
<main>
<h1>${escapeHtml(title)}</h1>
${body}
</main>${script === undefined ? '' : `<script>${script}</script>`}
</html>
`
  const policy = [
    "default-src 'none'",
    `style-src ${STYLE_SOURCE}${forms ? ` ${FORM_STYLE_SOURCE}` : ''}`,
    ...(script === undefined ? [] : [`script-src ${sourceOf(script)}`]),
    "base-uri 'none'",
    `form-action ${forms ? "'self'" : "'none'"}`,
    ...(frames ? [] : ["frame-ancestors 'none'"]),
  ]
  return completeResponse(status, 'text/html; charset=utf-8', html, {
    ...headers,
    ...(!frames && { 'x-frame-options': 'DENY' }),
    'content-security-policy': policy.join('; '),
  })
}
