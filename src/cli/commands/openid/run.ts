// `htpasswd openid check`: prints what has to be registered at a provider, and what is missing there or here.
import { existsSync } from 'node:fs'
import { type Finding, findingsOf } from '../../../auth/openid/discovery.ts'
import { Provider, type ProviderOptions } from '../../../auth/openid/provider.ts'
import { HtpasswdDocument } from '../../../document/document.ts'
import { ExitStatus } from '../../../errors.ts'
import { runActions } from '../../options/run-command.ts'
import { usageError } from '../../options/usage-error.ts'
import { parseOptions } from '../../options/values.ts'
import { DEFAULT_FILE } from '../../password-file.ts'
import { readUsers } from '../../read-users.ts'
import type { Io } from '../../terminal/io.ts'
import { printable, reportErrors } from '../../terminal/output.ts'
import { asCalled } from '../../terminal/program-name.ts'
import { providerAddresses, readClientSecret } from '../serve/login/provider.ts'
import { type ServeValues, serveSpec } from '../serve/options.ts'
import { openidSpec } from './options.ts'

/** Runs the command and returns its exit status. */
export function openid(argv: readonly string[], io: Io, options?: ProviderOptions): Promise<number> {
  const [action, ...rest] = argv
  const isCheck = action === 'check' && !rest.includes('--help') && !rest.includes('-h')
  // the help, and the messages about anything else
  if (!isCheck) return runActions(openidSpec, argv, io, { check: () => ExitStatus.ok })
  const run = (): Promise<number> => {
    const { values, positionals, file } = parseOptions(serveSpec, rest, io.env)
    return check(positionals[0] ?? file ?? DEFAULT_FILE, values, io, options)
  }
  return reportErrors(io, run, error => `htpasswd openid check: ${asCalled(error.message)}\n`)
}

async function check(file: string, values: ServeValues, io: Io, options?: ProviderOptions): Promise<number> {
  const { 'oidc-issuer': issuer, 'public-url': publicUrl, 'oidc-client-secret-file': secretFile } = values
  if (issuer === undefined)
    throw usageError('expected the address of the provider: --oidc-issuer https://id.example')
  if (publicUrl === undefined)
    throw usageError('expected the address that people type: --public-url https://ml.example')
  const { redirectUri, afterSignOut, backChannel } = providerAddresses(values)
  io.out(
    `Register at the provider:
  redirect URI              ${redirectUri}
  after a sign-out          ${afterSignOut}
  back-channel logout URI   ${backChannel}
`,
  )
  if (secretFile !== undefined) readClientSecret(secretFile)
  const provider = new Provider(issuer, options)
  const metadata = await provider.metadata()
  const { keys } = await provider.keys()
  io.out(`${printable(issuer)} responds, and has ${keys.length} ${keys.length === 1 ? 'key' : 'keys'}\n`)
  const findings = [
    ...findingsOf(metadata, {
      userClaim: values['oidc-user-claim'],
      groupsClaim: values['oidc-groups-claim'],
      hasSecret: secretFile !== undefined,
    }),
    ...(await findingsHere(file, values)),
  ]
  for (const { level, text } of findings) io.out(`${level}: ${text}\n`)
  const missing = findings.filter(({ level }) => level === 'missing').length
  io.out(missing === 0 ? 'Nothing is missing.\n' : '')
  return missing === 0 ? ExitStatus.ok : ExitStatus.file
}

async function findingsHere(file: string, values: ServeValues): Promise<Finding[]> {
  const found: Finding[] = []
  if (values['oidc-client-id'] === undefined)
    found.push({
      level: 'missing',
      text: '--oidc-client-id, which the provider gives to a registered client',
    })
  const { 'public-url': url } = values
  if (url?.protocol === 'http:' && !/^(localhost|127\.|\[::1\])/.test(url.hostname))
    found.push({
      level: 'note',
      text: `most providers refuse a redirect URI of http, such as that of ${url.origin}`,
    })
  if (values['oidc-users'] === 'any') return found
  if (!existsSync(file))
    return [...found, { level: 'missing', text: `${file}, with the users who may sign in` }]
  const { bytes } = await readUsers(file)
  const users = new HtpasswdDocument(bytes).users()
  if (values['oidc-user-claim'] === 'email' && !users.some(user => String(user).includes('@'))) {
    const text = `no user of ${file} is an e-mail address: htpasswd add --service-account ${file} ann@example.com`
    found.push({ level: 'missing', text })
  }
  return found
}
