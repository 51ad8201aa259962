// Checks what a sign-in needs, wants, or can do without against a provider's discovery document.
import type { ProviderMetadata } from './provider.ts'

/** The features of the provider that the sign-in will use. */
export interface SignInNeeds {
  readonly userClaim: string
  readonly groupsClaim: string | undefined
  readonly hasSecret: boolean
}

/** `missing` keeps people from signing in; `note` is good to know. */
export interface Finding {
  readonly level: 'missing' | 'note'
  readonly text: string
}

/** Checks a document; an optional field that is missing proves nothing (OpenID Connect Discovery section 3). */
export function findingsOf(metadata: ProviderMetadata, needs: SignInNeeds): Finding[] {
  const lacks = (field: string, value: string): boolean => {
    const list = metadata[field]
    return Array.isArray(list) && !list.includes(value)
  }
  const hasUrl = (field: string): boolean => URL.canParse(String(metadata[field]))
  const claims = [needs.userClaim, needs.groupsClaim].filter(name => name !== undefined)
  const method = needs.hasSecret ? ['client_secret_basic', 'client_secret_post'] : ['none']
  const all: [isTrue: boolean, Finding['level'], string][] = [
    [!hasUrl('authorization_endpoint'), 'missing', 'the document names no authorization_endpoint'],
    [!hasUrl('token_endpoint'), 'missing', 'the document names no token_endpoint'],
    [lacks('response_types_supported', 'code'), 'missing', 'the authorization code flow is not offered'],
    [lacks('code_challenge_methods_supported', 'S256'), 'missing', 'PKCE with S256 is not offered'],
    [
      method.every(name => lacks('token_endpoint_auth_methods_supported', name)),
      needs.hasSecret ? 'missing' : 'note',
      needs.hasSecret
        ? 'a client with a secret is not offered (client_secret_basic, client_secret_post)'
        : 'a client without a secret is not offered for everybody; --oidc-client-secret-file names a secret',
    ],
    [
      needs.userClaim === 'email' && lacks('scopes_supported', 'email'),
      'missing',
      'the scope email is not offered; name another claim with --oidc-user-claim',
    ],
    ...claims.map((claim): [boolean, 'note', string] => [
      lacks('claims_supported', claim),
      'note',
      `the claim "${claim}" is not among those that the document lists`,
    ]),
    [
      !hasUrl('end_session_endpoint'),
      'note',
      'no end_session_endpoint: who signs out here stays signed in at the provider',
    ],
    [
      metadata.backchannel_logout_supported !== true,
      'note',
      'no back-channel logout: who signs out at the provider stays signed in here, for 8 hours at most',
    ],
  ]
  return all.filter(([isTrue]) => isTrue).map(([, level, text]) => ({ level, text }))
}
