// The sessions of `serve --login`: their secrets, and the list of ended sessions.
import { existsSync } from 'node:fs'
import { EndedFile } from '../../../../auth/sessions/ended-file.ts'
import { EndedList, type EndedSessions } from '../../../../auth/sessions/ended-sessions.ts'
import type { LoginOptions, LoginParts } from '../../../../http/login/options.ts'
import { openGenerations } from '../../../../store/session-ends.ts'
import type { ServeRequest } from '../request.ts'
import { newSecret, openSecrets, readSecrets, reportSecrets } from './session-secret.ts'

/** The state that the processes of one run share. */
export interface SharedSessions {
  readonly secrets: CurrentSecrets
  readonly ended: EndedSessions & Pick<EndedList, 'entries'>
  /** Reports changes of the secrets until it is disposed of. */
  report(notify: (text: string) => void): Disposable
}

/** The current secrets; the first one signs. */
export type CurrentSecrets = () => readonly string[]

/**
 * Of the process that the user started: from the files, or new ones that end with it.
 *
 * @throws HtpasswdError as `readSecrets`, and if the list of ended sessions beside the secret cannot be read.
 */
export function openSessions({ values }: ServeRequest, onError: (error: unknown) => void): SharedSessions {
  const path = values['session-secret-file']
  const list = new EndedList(Date.now)
  if (path === undefined) {
    const secrets = [newSecret()]
    return { secrets: () => secrets, ended: list, report: () => ({ [Symbol.dispose]: () => {} }) }
  }
  const live = openSecrets(path)
  return {
    secrets: () => live.value,
    ended: new EndedFile(`${path}.ended`, list, onError),
    report: notify => reportSecrets(live, notify),
  }
}

/**
 * Of a worker. It looks at the file itself: one that heard of a new secret later than the others would refuse the cookies
 * that these sign.
 *
 * @param shared the secrets of the process that started it, where there is no file.
 */
export function secretsOfWorker({ values }: ServeRequest, shared: readonly string[]): CurrentSecrets {
  const path = values['session-secret-file']
  if (path === undefined) return () => shared
  const live = openSecrets(path)
  return () => live.value
}

/** The options and parts of a guard with a sign-in page. */
export interface SignIn {
  readonly secrets: CurrentSecrets
  readonly options: LoginOptions
  readonly parts: LoginParts
}

/** @throws HtpasswdError `ERR_FILE_ACCESS` if the file of `htpasswd sessions end` cannot be read. */
export async function signInOf(
  { file, userLines, values }: ServeRequest,
  secrets: CurrentSecrets,
  ended: EndedSessions,
  onError: (error: unknown) => void,
): Promise<SignIn> {
  return {
    secrets,
    options: {
      file: userLines === undefined ? file : undefined,
      idleMilliseconds: values['session-idle'],
      maxMilliseconds: values['session-max'],
      text: values['login-text'],
      publicUrl: values['public-url'],
      onError,
    },
    parts: { secrets, ended, generationOf: await openGenerations(file) },
  }
}

/** The sign-in page for `--check`, which creates no files. */
export function trySignIn(request: ServeRequest): Promise<SignIn> {
  const path = request.values['session-secret-file']
  const secrets = path !== undefined && existsSync(path) ? readSecrets(path) : [newSecret()]
  return signInOf(
    request,
    () => secrets,
    new EndedList(Date.now),
    () => {},
  )
}
