// The sessions of `serve --login`: their secrets, and the list of those that were signed out.
import { existsSync } from 'node:fs'
import { EndedFile } from '../../../../auth/sessions/ended-file.ts'
import { EndedList, type EndedSessions } from '../../../../auth/sessions/ended-sessions.ts'
import type { LoginOptions, LoginParts } from '../../../../http/login/options.ts'
import { openGenerations } from '../../../../store/session-ends.ts'
import type { ServeRequest } from '../request.ts'
import { newSecret, readSecrets } from './session-secret.ts'

/** What the processes of one run have in common. */
export interface SharedSessions {
  readonly secrets: readonly string[]
  readonly ended: EndedSessions & Pick<EndedList, 'entries'>
}

/**
 * Of the process that the user started: from the files, or new ones that end with it.
 *
 * @throws HtpasswdError as `readSecrets`, and if the list of ended sessions beside the secret cannot be read.
 */
export function openSessions({ values }: ServeRequest, onError: (error: unknown) => void): SharedSessions {
  const path = values['session-secret-file']
  const list = new EndedList(Date.now)
  if (path === undefined) return { secrets: [newSecret()], ended: list }
  return { secrets: readSecrets(path), ended: new EndedFile(`${path}.ended`, list, onError) }
}

/** The options and parts of a guard with a sign-in page. */
export interface SignIn {
  readonly options: LoginOptions
  readonly parts: LoginParts
}

/** @throws HtpasswdError `ERR_FILE_ACCESS` if the file of `htpasswd sessions end` cannot be read. */
export async function signInOf(
  { file, userLines, values }: ServeRequest,
  secrets: readonly string[],
  ended: EndedSessions,
  onError: (error: unknown) => void,
): Promise<SignIn> {
  return {
    options: {
      file: userLines === undefined ? file : undefined,
      secret: secrets,
      idleMilliseconds: values['session-idle'],
      maxMilliseconds: values['session-max'],
      text: values['login-text'],
      publicUrl: values['public-url'],
      onError,
    },
    parts: { ended, generationOf: await openGenerations(file), tokensPath: values.tokens },
  }
}

/** As a start would have it, for `--check`, which creates nothing. */
export function trySignIn(request: ServeRequest): Promise<SignIn> {
  const path = request.values['session-secret-file']
  const secrets = path !== undefined && existsSync(path) ? readSecrets(path) : [newSecret()]
  return signInOf(request, secrets, new EndedList(Date.now), () => {})
}
