// The options of `htpasswd serve` for identity providers. The libraries are loaded here, only if an option needs them.
import { readFileSync } from 'node:fs'
import type { ClaimMapping } from '../../../../auth/openid/claims.ts'
import type { MemorySource } from '../../../../auth/user-source.ts'
import { HtpasswdError } from '../../../../errors.ts'
import type { GuardOptions } from '../../../../http/guard/options.ts'
import type { ExternalSignIn } from '../../../../http/login/login.ts'
import { readError } from '../../../../store/file-error.ts'
import { usageError } from '../../../options/usage-error.ts'
import type { ServeValues } from '../options.ts'

/** @throws HtpasswdError `ERR_USAGE` for options that do not go together. */
export function checkProviderOptions(values: ServeValues): void {
  checkSignInOptions(values)
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

function checkSignInOptions(values: ServeValues): void {
  const { 'oidc-issuer': issuer, 'oidc-client-id': id, 'oidc-client-secret-file': secret } = values
  if (issuer === undefined) {
    const given =
      id !== undefined ? '--oidc-client-id' : secret !== undefined ? '--oidc-client-secret-file' : ''
    if (given !== '') throw usageError(`${given} needs --oidc-issuer with the address of the provider`)
    return
  }
  if (id === undefined)
    throw usageError('--oidc-issuer needs --oidc-client-id with the id that the provider gave to this server')
  if (!values.login) throw usageError('--oidc-issuer puts a button on the sign-in page, and needs --login')
  if (values['public-url'] === undefined) {
    throw usageError(
      '--oidc-issuer needs --public-url with the address that people type: the provider leads back to it',
    )
  }
}

const claimMapping = (values: ServeValues): ClaimMapping => ({
  userClaim: values['oidc-user-claim'],
  groupsClaim: values['oidc-groups-claim'],
  users: values['oidc-users'],
  allow: values['oidc-allow'],
})

/** The verifier of JSON Web Tokens; undefined if no option asks for one. */
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

/** The addresses to which the provider redirects after a sign-in and after a sign-out. */
export function providerAddresses({ 'public-url': origin, prefix = '' }: ServeValues): {
  readonly redirectUri: URL
  readonly afterSignOut: URL
  readonly backChannel: URL
} {
  const address = (path: string): URL => new URL(`${prefix}/.htpasswd/${path}`, origin)
  return {
    redirectUri: address('oidc/callback'),
    afterSignOut: address('logout'),
    backChannel: address('oidc/backchannel-logout'),
  }
}

/**
 * The button of the sign-in page; undefined where no option asks for one.
 *
 * @param secrets those of the sessions.
 * @throws HtpasswdError `ERR_FILE_ACCESS` or `ERR_RECORD` for the file with the client's secret.
 */
export async function openExternalSignIn(
  values: ServeValues,
  source: MemorySource,
  secrets: () => readonly string[],
  notify: (text: string) => void,
): Promise<ExternalSignIn | undefined> {
  const { 'oidc-issuer': issuer, 'oidc-client-id': clientId, 'oidc-client-secret-file': secretFile } = values
  if (issuer === undefined || clientId === undefined) return undefined
  const [{ Provider }, { ProviderSignIn }, { externalSignIn }] = await Promise.all([
    import('../../../../auth/openid/provider.ts'),
    import('../../../../auth/openid/sign-in.ts'),
    import('../../../../http/openid/endpoints.ts'),
  ])
  const signIn = new ProviderSignIn({
    provider: new Provider(issuer),
    clientId,
    clientSecret: secretFile === undefined ? undefined : readClientSecret(secretFile),
    ...providerAddresses(values),
    secrets,
    source,
    mapping: claimMapping(values),
  })
  return externalSignIn(signIn, notify)
}

/** Reads the client's secret, the one line of the file. */
export function readClientSecret(path: string): string {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw readError(error, path)
  }
  const secret = text.trim()
  // printable ASCII including spaces (RFC 6749 appendix A.2)
  if (/^[ -~]+$/.test(secret)) return secret
  throw new HtpasswdError('ERR_RECORD', `${path} expected the client's secret on its one line`)
}
