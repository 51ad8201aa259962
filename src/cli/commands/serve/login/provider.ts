// What `htpasswd serve` takes of identity providers. Their libraries are loaded here, only where an option asks for them.
import type { ClaimMapping } from '../../../../auth/openid/claims.ts'
import type { MemorySource } from '../../../../auth/user-source.ts'
import type { GuardOptions } from '../../../../http/guard/options.ts'
import { usageError } from '../../../options/parse.ts'
import type { ServeValues } from '../options.ts'

/** @throws HtpasswdError `ERR_USAGE` for options that do not go together. */
export function checkProviderOptions(values: ServeValues): void {
  const issuers = values['jwt-issuer'].length
  const audiences = values['jwt-audience'].length
  if (issuers !== audiences) {
    throw usageError(
      `--jwt-issuer and --jwt-audience go together, one audience for each issuer, got ${issuers} and ${audiences}`,
    )
  }
  const allows = values['oidc-allow'].length > 0
  if (values['oidc-users'] === 'any' && !allows) {
    throw usageError(
      '--oidc-users any needs --oidc-allow: with a provider such as Google the whole world has an account',
    )
  }
  if (values['oidc-users'] === 'file' && allows)
    throw usageError('--oidc-allow needs --oidc-users any; with file, FILE says who is allowed')
}

const claimMapping = (values: ServeValues): ClaimMapping => ({
  userClaim: values['oidc-user-claim'],
  groupsClaim: values['oidc-groups-claim'],
  users: values['oidc-users'],
  allow: values['oidc-allow'],
})

/** The verifier of JSON Web Tokens; undefined where no option asks for one. */
export async function openJwt(
  values: ServeValues,
  source: MemorySource,
  notify: (text: string) => void,
): Promise<GuardOptions['jwt']> {
  if (values['jwt-issuer'].length === 0) return undefined
  const { JwtAuthenticator } = await import('../../../../auth/openid/jwt.ts')
  const { Provider } = await import('../../../../auth/openid/provider.ts')
  const providers = new Map(values['jwt-issuer'].map(issuer => [issuer, new Provider(issuer)]))
  const issuers = [...providers].map(([issuer, provider]) => ({
    provider,
    audiences: values['jwt-audience'].filter((_, i) => values['jwt-issuer'][i] === issuer),
  }))
  const mapping = claimMapping(values)
  const onRefused = (reason: string): void => notify(`warning: a JSON Web Token was refused: ${reason}`)
  return new JwtAuthenticator({ issuers, source, mapping, onRefused })
}
