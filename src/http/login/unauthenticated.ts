// The response to a request without a login if there is a sign-in page: browsers are redirected to it, scripts get
// JSON.
import { formatBearerChallenge } from '../basic/challenge.ts'
import { type CannedResponse, completeResponse, textResponse } from '../basic/responses.ts'
import type { RequestFacts, RequestHead } from '../guard/request.ts'
import type { PageLook } from '../pages/parts.ts'
import { signInFrame } from '../pages/sign-in-page.ts'
import { requesterOf } from './browser.ts'
import { loginAddress } from './next.ts'

/** The response; undefined for a program, which gets the same as without a sign-in page. */
export type UnauthenticatedResponder = (
  request: RequestHead,
  facts: RequestFacts,
  isJson: boolean,
) => CannedResponse | undefined

/**
 * A 401 in the form of MLflow's own errors, whose text its client and its UI show. Browsers have no dialog for the
 * scheme of the challenge.
 */
const scriptRefusal = (realm: string): CannedResponse =>
  completeResponse(
    401,
    'application/json',
    `${JSON.stringify({
      error_code: 'UNAUTHENTICATED',
      message: 'You are not signed in, or your session has ended. Load the page again to sign in.',
    })}\n`,
    { 'www-authenticate': formatBearerChallenge(realm) },
  )

/** Makes the function that responds. */
export function createUnauthenticatedResponses(look: PageLook): UnauthenticatedResponder {
  const script = scriptRefusal(look.realm)
  return ({ method = '', url = '', headers }, { upgrade }, isJson) => {
    const requester = requesterOf({ method, upgrade, headers })
    if (isJson && headers.authorization === undefined) return script
    if (requester === 'program') return undefined
    if (requester === 'script') return script
    const address = loginAddress(url, look.prefix)
    if (requester === 'frame') return signInFrame(look, address)
    return textResponse(303, 'Sign in at the address in Location.', { location: address })
  }
}
