// The page after a failed sign-in with a provider: what happened, what to do, and a button instead of an automatic
// retry.
import type { SignInProblem } from '../../auth/openid/sign-in-failure.ts'
import { escapeHtml } from '../basic/html.ts'
import type { CannedResponse } from '../basic/responses.ts'
import { layout } from '../pages/page.ts'
import { fill, type PageLook, withContact } from '../pages/parts.ts'
import { texts } from '../pages/texts.ts'

const statuses: Readonly<Record<SignInProblem, number>> = {
  down: 503,
  denied: 403,
  'no-attempt': 400,
  'unknown-user': 403,
  clock: 500,
  invalid: 400,
}

/**
 * @param name the provider's name.
 * @param now milliseconds since 1970, by this server's clock.
 */
export function failedSignInPage(
  look: PageLook,
  { problem, name, now }: { readonly problem: SignInProblem; readonly name: string; readonly now: number },
): CannedResponse {
  const { title, problems, back, ask } = texts[look.lang].provider
  const status = statuses[problem]
  const body = `<p role="alert">${fill(problems[problem], { name, time: new Date(now).toUTCString() })}</p>
<p class="actions"><a class="button" href="${look.prefix}/.htpasswd/login">${escapeHtml(back)}</a></p>
<p class="small end">${withContact(ask, look)}</p>`
  const retry = status === 503 ? { 'retry-after': '10' } : {}
  return layout(title, body, {
    lang: look.lang,
    status,
    headers: { 'referrer-policy': 'no-referrer', ...retry },
  })
}
