// `serve --check`: does everything that a start does before it listens, and tells whether the app responds.
import { existsSync } from 'node:fs'
import { PassThrough } from 'node:stream'
import { answers } from '../../../http/client/reachable.ts'
import { nameOf, targetOf } from '../../../http/client/upstream-url.ts'
import type { Io } from '../../terminal/io.ts'
import { count } from '../../terminal/output.ts'
import { appUrl, speaksPlainHttp } from './app/location.ts'
import { findServer } from './https/folder.ts'
import { urlOfAddress } from './listen/address.ts'
import { certificateOf } from './listen/certificate.ts'
import { type ListenerOptions, openListener } from './listen/listener.ts'
import { openPermissions } from './login/permissions.ts'
import { trySignIn } from './login/sessions.ts'
import { openTokensOf, tokenWarnings } from './login/tokens.ts'
import { openUsers, recordsOf } from './login/users.ts'
import type { Notify } from './notices.ts'
import { describeReplicas } from './processes/replicas.ts'
import type { ServeRequest } from './request.ts'
import { accessWarnings } from './startup-facts.ts'
import { startupWarnings } from './startup-message.ts'

/**
 * Prints what was checked; resolves with status 0, also if the app does not run.
 *
 * @throws HtpasswdError whatever would keep the guard from starting.
 */
export async function checkServe(request: ServeRequest, io: Io, notify: Notify): Promise<number> {
  const { file, values, command } = request
  const upstream = appUrl(request, io.env)
  const scheme = values['tls-cert'] === undefined && !values.https ? 'http' : 'https'
  const lines = [`listens at ${values.listen.map(address => urlOfAddress(scheme, address)).join(', ')}`]
  if (values.init && !existsSync(file)) lines.push(`${file} is missing: a start would create it`)
  else {
    await using users = await openUsers(file, request.userLines)
    const tokens = await openTokensOf(request)
    const permissions = await openPermissions(request, io.env, () => {})
    await buildGuard(request, io.env, { users, tokens, permissions, upstream })
    lines.push(`${file} has ${count(users.size, 'user')}`)
    const facts = { ...values, file, users: recordsOf(users), scheme } as const
    const notes = [...accessWarnings(file, values), ...tokenWarnings(tokens), ...permissions.warnings()]
    for (const text of [...notes, ...startupWarnings(facts)]) notify(`warning: ${text}`)
  }
  const redis = await describeReplicas(values)
  if (redis !== undefined) lines.push(redis)
  if (command.length > 0) lines.push(`${command[0]} was not started`)
  else if (upstream !== undefined) lines.push(await describeApp(upstream))
  io.out(`${lines.join('\n')}\nThe configuration is valid. Nothing was started.\n`)
  return 0
}

/** The guard checks its own options; certificate, rules and groups are read as at a start. */
async function buildGuard(
  request: ServeRequest,
  env: NodeJS.ProcessEnv,
  parts: Pick<ListenerOptions, 'users' | 'tokens' | 'permissions' | 'upstream'>,
): Promise<void> {
  const ignore = (): void => {}
  const { values } = request
  const own = values.https ? findServer(request.file, env) : undefined
  const certificate = certificateOf(values, own, ignore)
  const listener = await openListener({
    ...parts,
    signIn: values.login ? await trySignIn(request) : undefined,
    certificate,
    values,
    stdout: new PassThrough(),
    notify: ignore,
  })
  await listener.close(0)
}

async function describeApp(upstream: URL): Promise<string> {
  const responds = await answers(targetOf(upstream))
  if (responds && upstream.protocol === 'https:' && (await speaksPlainHttp(upstream)))
    return `the app at ${upstream.host} speaks HTTP, not HTTPS: use --upstream http://${upstream.host}`
  return `the app at ${nameOf(upstream)} ${responds ? 'responds' : 'does not respond yet'}`
}
