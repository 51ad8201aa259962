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

/** The provider's part of a sign-out. */
export interface ProviderSignOut {
  readonly name: string
  readonly url: string
  readonly isDown: boolean
}

/**
 * @param everywhere whether every replica knows already.
 * @param provider where the sign-out goes on by itself, unless the provider is down; a redirect of the form would be
 *   stopped by the page's `form-action`.
 */
export function signedOutPage(
  look: PageLook,
  everywhere: boolean,
  provider?: ProviderSignOut,
): CannedResponse {
  const text = texts[look.lang].logout
  const body = `<p role="status">${escapeHtml(everywhere ? text.doneText : text.pending)}</p>
${provider === undefined ? '' : providerLink(look, provider)}
${signInLink(look, text.again)}`
  return layout(text.done, body, {
    lang: look.lang,
    status: everywhere ? 200 : 202,
    headers: {
      ...headers,
      ...(!everywhere && { 'x-htpasswd-pending': 'replicas' }),
      ...(provider?.isDown === false && { refresh: `0; url=${provider.url}` }),
    },
  })
}

function providerLink({ lang }: PageLook, { name, url }: ProviderSignOut): string {
  const text = texts[lang].provider
  return `<p>${fill(text.signedOut, { name })} <a href="${escapeHtml(url)}" rel="noreferrer">${fill(text.signOut, { name })}</a></p>`
}
