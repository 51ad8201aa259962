// What the startup message of a guard tells, and its warnings.
import { existsSync } from 'node:fs'
import { nameOf } from '../../../http/client/upstream-url.ts'
import { isContainer } from '../../../platform/container.ts'
import { fileWarnings } from '../../password-file.ts'
import { listensOutside, upstreamWarnings } from './app/location.ts'
import { isMlflowCommand, respondsAsMlflow } from './app/mlflow.ts'
import type { LocalCertificates } from './https/certificates.ts'
import type { GuardAddress } from './listen/address.ts'
import { keyWarnings } from './listen/certificate.ts'
import type { Users } from './login/environment-users.ts'
import { secretWarnings } from './login/session-secret.ts'
import { recordsOf } from './login/users.ts'
import type { ServeValues } from './options.ts'
import type { ServeRequest } from './request.ts'
import { portWarnings, type StartupFacts, startupWarnings } from './startup-message.ts'

interface RunEnvironment {
  readonly env: NodeJS.ProcessEnv
  readonly platform: NodeJS.Platform
  readonly isTerminal: boolean
}

interface StartedParts {
  readonly users: Users
  /** The addresses that the guard listens on. */
  readonly listen: readonly GuardAddress[]
  readonly upstream: URL | undefined
  readonly https: LocalCertificates | undefined
}

/** Asks a running app whether it is MLflow, if the message goes to a terminal. */
export async function startupFacts(
  { file, values, command }: ServeRequest,
  { env, platform, isTerminal }: RunEnvironment,
  { users, listen, upstream, https }: StartedParts,
): Promise<StartupFacts> {
  const isRunning = async (): Promise<boolean> =>
    isTerminal && upstream !== undefined && (await respondsAsMlflow(upstream))
  return {
    file,
    users: recordsOf(users),
    listen,
    scheme: values['tls-cert'] === undefined && !values.https ? 'http' : 'https',
    https,
    login: values.login,
    prefix: values.prefix ?? '',
    guarded: upstream === undefined ? guardedWithoutUpstream(values) : nameOf(upstream),
    mlflow: isMlflowCommand(command) ? 'started' : (await isRunning()) ? 'running' : undefined,
    platform,
    env,
    inContainer: isContainer(env),
  }
}

const guardedWithoutUpstream = (values: ServeValues): string =>
  values.demo ? 'the built-in demo page' : `what ${values['auth-endpoint'].join(' and ')} forwards`

export async function warningsAtStart(
  { file, values, command }: ServeRequest,
  env: NodeJS.ProcessEnv,
  facts: StartupFacts,
  upstream: URL | undefined,
): Promise<string[]> {
  const isOutside = listensOutside(command, env)
  const ofApp = upstream === undefined ? [] : await upstreamWarnings(upstream, isOutside)
  return [
    ...accessWarnings(file, values),
    ...ofApp,
    ...startupWarnings(facts),
    ...portWarnings(facts, env, command),
  ]
}

/** Warnings if others can write the password file, or read the private key or the secret of the sessions. */
export function accessWarnings(file: string, values: ServeValues): string[] {
  const { 'tls-key': key, 'session-secret-file': secret } = values
  return [
    ...fileWarnings(file).map(({ message, fix }) => `${message}. Fix it with: ${fix}`),
    ...(key === undefined ? [] : keyWarnings(key)),
    ...(secret === undefined || !existsSync(secret) ? [] : secretWarnings(secret)),
  ]
}
