// The personal access tokens that the guard accepts: opens their file, and reports its changes to the operator.
import { existsSync } from 'node:fs'
import type { TokensDocument } from '../../../../document/tokens.ts'
import type { LiveText } from '../../../../store/live-text.ts'
import { openTokens, tokensPath } from '../../../../store/token-file.ts'
import { fileWarnings } from '../../../password-file.ts'
import { count } from '../../../terminal/output.ts'
import type { OnReload } from '../metrics/reloads.ts'
import type { ServeRequest } from '../request.ts'

/** The current tokens of the file; none until the file appears. */
export type LiveTokens = LiveText<TokensDocument>

/** @throws HtpasswdError `ERR_FILE_ACCESS` for a file that exists and cannot be read. */
export const openTokensOf = ({ file, values }: ServeRequest): Promise<LiveTokens> =>
  openTokens(values.tokens ?? tokensPath(file))

/** More damaged lines than these are a file of another kind. */
const SHOWN_PROBLEMS = 5

/** The current problems of the token file, which the startup message shows. */
export function tokenWarnings({ path, value }: LiveTokens): string[] {
  if (!existsSync(path)) return []
  const lines = value.problems.slice(0, SHOWN_PROBLEMS)
  const more = value.problems.length - lines.length
  return [
    ...lines.map(
      ({ line, message }) => `${path} line ${line}: ${message}; the token of this line is refused`,
    ),
    ...(more > 0
      ? [`${path}: ${count(more, 'damaged line')} more; htpasswd token list shows what is left`]
      : []),
    ...fileWarnings(path).map(({ message, fix }) => `${message}. Fix it with: ${fix}`),
  ]
}

/** Reports changes until it is disposed of. */
export function reportTokens(
  tokens: LiveTokens,
  notify: (text: string) => void,
  onReload?: OnReload,
): Disposable {
  const onChange = (): void => {
    onReload?.('tokens', true)
    notify(`${tokens.path} was read again: ${count(tokens.value.size, 'token')}`)
    for (const warning of tokenWarnings(tokens)) notify(`warning: ${warning}`)
  }
  const onError = (error: Error): void => {
    onReload?.('tokens', false)
    notify(`warning: ${error.message}; the ${count(tokens.value.size, 'token')} read last are still accepted`)
  }
  return tokens.watch({ onChange, onError })
}
