// The sign-in page, and the page for frames. Both work without scripts.
import { escapeHtml } from '../basic/html.ts'
import type { CannedResponse } from '../basic/responses.ts'
import { layout } from './page.ts'
import { fill, type Notice, noticeHtml, type PageLook, passwordField, withContact } from './parts.ts'
import { texts } from './texts.ts'

/** The button of an identity provider. */
export interface ProviderButton {
  readonly name: string
  /** Whether it could not be reached the last time. */
  readonly isDown: boolean
}

/** The data of a sign-in page. */
export interface SignInView {
  readonly status: number
  /** The page to open after the sign-in. */
  readonly next: string
  readonly notice?: Notice | undefined
  /** The name that was typed before. */
  readonly name?: string | undefined
  readonly staysSignedIn?: boolean | undefined
  /** The user who is signed in already. */
  readonly user?: string | undefined
  readonly provider?: ProviderButton | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** The realm is the title, unless it is the default. */
const titleOf = ({ realm, lang }: PageLook): string =>
  realm === 'Restricted' ? texts[lang].login.title : realm

/**
 * Adds the fragment of the address, which no server sees and which MLflow has its pages in, to where the person goes on
 * to; shows the button that shows the password, which needs a script; and tells that Caps Lock is on.
 */
const SCRIPT = `
const { next, password } = document.forms[0].elements
const show = document.getElementById('show')
if (location.hash !== '' && !next.value.includes('#')) next.value += location.hash
const provider = document.getElementById('provider')
if (provider) provider.search = '?next=' + encodeURIComponent(next.value)
show.hidden = false
show.onclick = () => {
  const isShown = password.type === 'password'
  password.type = isShown ? 'text' : 'password'
  show.setAttribute('aria-pressed', isShown)
  password.focus()
}
const caps = document.getElementById('caps')
password.onkeydown = password.onkeyup = event => {
  const isOn = event.getModifierState?.('CapsLock') ?? false
  if (caps.textContent !== '' !== isOn) caps.textContent = isOn ? caps.dataset.text : ''
}
document.forms[0].onsubmit = () => { password.type = 'password' }
`

/** The sign-in page. */
export function signInPage(look: PageLook, view: SignInView): CannedResponse {
  const text = texts[look.lang].login
  const { status, next, notice, name = '', staysSignedIn = false, user, headers = {} } = view
  const described = notice === undefined ? '' : ' aria-describedby="notice"'
  const invalid = notice?.kind === 'error' ? ' aria-invalid="true"' : ''
  const focus = { name: name === '' ? ' autofocus' : '', password: name === '' ? '' : ' autofocus' }
  const body = `${look.loginText === undefined ? '' : `<p>${escapeHtml(look.loginText)}</p>`}
${user === undefined ? '' : `<p class="notice done" role="status">${fill(text.signedIn, { user })} <a href="${escapeHtml(next)}">${escapeHtml(text.goOn)}</a></p>`}
${noticeHtml(notice)}
<form method="post" action="${look.prefix}/.htpasswd/login">
<input type="hidden" name="next" value="${escapeHtml(next)}">
<label for="username">${escapeHtml(text.name)}</label>
<input id="username" name="username" value="${escapeHtml(name)}" autocomplete="username" autocapitalize="none" spellcheck="false" required${focus.name}${described}${invalid}>
${passwordField('password', text.password, { autocomplete: 'current-password', attributes: focus.password + described + invalid })}
<p id="caps" class="small caps" role="status" data-text="${escapeHtml(text.capsLock)}"></p>
<div class="row"><label class="check"><input type="checkbox" name="stay" value="yes"${staysSignedIn ? ' checked' : ''}> ${escapeHtml(text.stay)}</label>
<button type="button" class="plain" id="show" aria-pressed="false" hidden>${escapeHtml(text.show)}</button></div>
<p class="actions"><button>${escapeHtml(text.submit)}</button></p>
</form>
${view.provider === undefined ? '' : providerHtml(look, next, view.provider)}
<p class="small end">${withContact(text.ask, look)}</p>`
  return layout(titleOf(look), body, {
    lang: look.lang,
    status,
    headers: { 'referrer-policy': 'same-origin', ...headers },
    forms: true,
    script: SCRIPT,
  })
}

/** A link, not a form: the page's `form-action` would stop the redirect to the provider. */
function providerHtml({ prefix, lang }: PageLook, next: string, { name, isDown }: ProviderButton): string {
  const text = texts[lang].provider
  const href = `${prefix}/.htpasswd/oidc/start?next=${encodeURIComponent(next)}`
  const down = isDown ? `<p role="status" class="small">${fill(text.down, { name })}</p>` : ''
  return `<p class="actions"><a class="button" id="provider" href="${escapeHtml(href)}">${fill(text.button, { name })}</a></p>${down}`
}

/**
 * The page for a frame, where a password must not be asked for: a link that opens the sign-in page in a tab of its own.
 */
export function signInFrame(look: PageLook, address: string): CannedResponse {
  const { login, signIn } = texts[look.lang]
  const body = `<p>${escapeHtml(login.frame)}</p>
<p class="actions"><a class="button" href="${escapeHtml(address)}" target="_blank" rel="noopener">${escapeHtml(signIn)}</a></p>`
  return layout(titleOf(look), body, { lang: look.lang, status: 401, frames: true })
}
