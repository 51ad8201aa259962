// The account page: who is signed in, a new password, tokens. Each form asks for the current password, where there is one.
import { escapeHtml } from '../basic/html.ts'
import type { CannedResponse } from '../basic/responses.ts'
import { layout } from './page.ts'
import { fill, type Notice, noticeHtml, type PageLook, passwordField, withContact } from './parts.ts'
import { texts } from './texts.ts'

/** A token as the page shows it. */
export interface TokenView {
  readonly id: string
  readonly name: string
  readonly scope: 'all' | 'read'
  /** Milliseconds since 1970; undefined if it never expires. */
  readonly expires: number | undefined
}

/** The data of an account page. */
export interface AccountView {
  readonly status: number
  readonly user: string
  readonly groups: readonly string[]
  /** Milliseconds since 1970; undefined for a user who sends the password with each request. */
  readonly signedInAt?: number | undefined
  readonly endsAt?: number | undefined
  readonly notice?: Notice | undefined
  /** The identity provider of a user who has no password here. */
  readonly signsInWith: string | undefined
  /** Whether passwords can be changed here. */
  readonly canChange: boolean
  /** Whether the users are in a file. */
  readonly hasFile: boolean
  /** Undefined if tokens are not accepted. */
  readonly tokens?: readonly TokenView[] | undefined
  /** A token that was just created. */
  readonly created?: { readonly name: string; readonly token: string } | undefined
  readonly now: number
  readonly cookies?: readonly string[] | undefined
}

/** How long a new token is valid, in days; the first is chosen. */
export const TOKEN_DAYS = [90, 30, 365] as const

const when = (time: number): string => `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`
const day = (time: number): string => new Date(time).toISOString().slice(0, 10)

/** The account page. */
export function accountPage(look: PageLook, view: AccountView): CannedResponse {
  const text = texts[look.lang].account
  const { status, user, groups, signedInAt, endsAt, notice, signsInWith, canChange, cookies } = view
  const facts: [string, string][] = [
    [text.user, user],
    [text.groups, groups.length === 0 ? text.noGroups : groups.join(', ')],
  ]
  if (signedInAt !== undefined) facts.push([text.signedIn, when(signedInAt)])
  if (endsAt !== undefined) facts.push([text.until, when(endsAt)])
  const rows = facts.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`)
  const body = `${noticeHtml(notice, true)}
${createdHtml(look, view)}
<dl>${rows.join('')}</dl>
<div class="actions"><a class="button" href="${look.prefix}/">${escapeHtml(text.goOn)}</a>${
    signedInAt === undefined
      ? ''
      : `<a href="${look.prefix}/.htpasswd/logout">${escapeHtml(texts[look.lang].logout.submit)}</a>`
  }</div>
${signsInWith === undefined ? passwordPart(look, view) : `<p>${fill(text.noPassword, { name: signsInWith })}</p>`}
${canChange && view.tokens !== undefined ? tokensHtml(look, view, view.tokens) : ''}`
  const page = layout(text.title, body, {
    lang: look.lang,
    status,
    headers: { 'referrer-policy': 'same-origin' },
    forms: true,
  })
  return cookies === undefined ? page : { ...page, cookies }
}

/** Password managers need the user's name in each form; it is hidden after the first. */
const begin = ({ prefix }: PageLook, action: string, user: string): string =>
  `<form method="post" action="${prefix}/.htpasswd/account">
<input type="hidden" name="action" value="${action}">
<input type="text" name="shown-user" value="${escapeHtml(user)}" autocomplete="username" readonly hidden>`

function passwordPart(look: PageLook, { hasFile, canChange, user }: AccountView): string {
  if (canChange) return passwordForm(look, user)
  const { readOnly, noFile } = texts[look.lang].account
  return `<p>${withContact(hasFile ? readOnly : noFile, look)}</p>`
}

function passwordForm(look: PageLook, user: string): string {
  const text = texts[look.lang].account
  return `<section aria-labelledby="password-title">
<h2 id="password-title">${escapeHtml(text.passwordTitle)}</h2>
<p id="rules">${escapeHtml(text.rules)}</p>
${begin(look, 'password', user)}
${passwordField('current', text.current, { autocomplete: 'current-password' })}
${passwordField('next', text.next, { autocomplete: 'new-password', attributes: ' minlength="8" aria-describedby="rules"' })}
${passwordField('repeat', text.repeat, { autocomplete: 'new-password', attributes: ' minlength="8"' })}
<p class="actions"><button>${escapeHtml(text.change)}</button></p>
</form>
</section>`
}

function createdHtml({ lang }: PageLook, { created }: AccountView): string {
  if (created === undefined) return ''
  const text = texts[lang].account
  return `<div class="notice done" role="status"><label for="token">${fill(text.created, { name: created.name })}</label>
<input id="token" value="${escapeHtml(created.token)}" readonly autofocus autocomplete="off" spellcheck="false"></div>`
}

function tokensHtml(look: PageLook, view: AccountView, tokens: readonly TokenView[]): string {
  const text = texts[look.lang].account
  return `<section aria-labelledby="tokens-title">
<h2 id="tokens-title">${escapeHtml(text.tokensTitle)}</h2>
<p>${escapeHtml(text.tokensText)}</p>
${tokens.length === 0 ? `<p>${escapeHtml(text.noTokens)}</p>` : revokeForm(look, view, tokens)}
${view.signsInWith === undefined ? createForm(look, view) : `<p>${withContact(text.askForToken, look)}</p>`}
</section>`
}

function createForm(look: PageLook, { user }: AccountView): string {
  const text = texts[look.lang].account
  return `${begin(look, 'create-token', user)}
<label for="token-name">${escapeHtml(text.tokenName)}</label>
<input id="token-name" name="name" maxlength="64" autocomplete="off" required>
<label for="days">${escapeHtml(text.tokenDays)}</label>
<select id="days" name="days">${TOKEN_DAYS.map(days => `<option value="${days}">${fill(text.days, { days })}</option>`).join('')}</select>
<label for="scope">${escapeHtml(text.tokenScope)}</label>
<select id="scope" name="scope">${(['all', 'read'] as const).map(scope => `<option value="${scope}">${escapeHtml(text.scopes[scope])}</option>`).join('')}</select>
${passwordField('create-current', text.current, { autocomplete: 'current-password' })}
<p class="actions"><button>${escapeHtml(text.create)}</button></p>
</form>`
}

function revokeForm(
  look: PageLook,
  { user, now, signsInWith }: AccountView,
  tokens: readonly TokenView[],
): string {
  const text = texts[look.lang].account
  const rows = tokens.map(({ id, name, scope, expires }) => {
    const end =
      expires === undefined
        ? escapeHtml(text.never)
        : fill(expires <= now ? text.expired : text.expires, { date: day(expires) })
    return `<li><label class="check"><input type="checkbox" name="id" value="${escapeHtml(id)}"> <span><strong>${escapeHtml(name)}</strong> <span class="small">${escapeHtml(id)}, ${escapeHtml(text.scopes[scope])}, ${end}</span></span></label></li>`
  })
  return `${begin(look, 'revoke-token', user)}
<fieldset><legend>${escapeHtml(text.revokeTitle)}</legend><ul class="list">${rows.join('\n')}</ul></fieldset>
${signsInWith === undefined ? passwordField('revoke-current', text.current, { autocomplete: 'current-password' }) : ''}
<p class="actions"><button>${escapeHtml(text.revoke)}</button></p>
</form>`
}
