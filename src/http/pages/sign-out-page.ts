// The page with the button that signs out, and the one after it.
import { escapeHtml } from '../basic/html.ts'
import type { CannedResponse } from '../basic/responses.ts'
import { layout } from './page.ts'
import { fill, type PageLook } from './parts.ts'
import { texts } from './texts.ts'

const headers = { 'referrer-policy': 'same-origin' }

const signInLink = ({ lang, prefix }: PageLook, text: string): string =>
  `<p class="actions"><a class="button" href="${prefix}/.htpasswd/login" lang="${lang}">${escapeHtml(text)}</a></p>`

/** The page with the button: a link or an image of another site must not sign anybody out. */
export function signOutPage(look: PageLook, user: string | undefined): CannedResponse {
  const text = texts[look.lang].logout
  const body =
    user === undefined
      ? `<p>${escapeHtml(text.nobody)}</p>\n${signInLink(look, texts[look.lang].signIn)}`
      : `<p>${fill(text.text, { user })}</p>
<form method="post" action="${look.prefix}/.htpasswd/logout">
<p class="actions"><button>${escapeHtml(text.submit)}</button></p>
</form>`
  return layout(text.title, body, { lang: look.lang, status: 200, headers, forms: true })
}

/** @param everywhere whether every replica knows already. */
export function signedOutPage(look: PageLook, everywhere: boolean): CannedResponse {
  const text = texts[look.lang].logout
  const body = `<p role="status">${escapeHtml(everywhere ? text.doneText : text.pending)}</p>\n${signInLink(look, text.again)}`
  return layout(text.done, body, {
    lang: look.lang,
    status: everywhere ? 200 : 202,
    headers: { ...headers, ...(!everywhere && { 'x-htpasswd-pending': 'replicas' }) },
  })
}
