// What the pages say in each language.

import type { AccountTexts, LoginTexts, LogoutTexts, ProviderTexts } from './form-texts.ts'

/** What a page about an error says. */
interface ErrorText {
  readonly title: string
  /** What happened. */
  readonly text: string
  /** What to do; empty if there is nothing beyond the button. */
  readonly advice: string
  /** Whom to ask; `{contact}` stands for the text of `--contact`, or for `defaultContact`. */
  readonly ask: string
}

/** The errors that have a page; `error-responses.ts` has their status and the text for programs. */
export type ErrorKind =
  | 'sign-in'
  | 'invalid-token'
  | 'forbidden'
  | 'cross-site'
  | 'not-found'
  | 'throttled'
  | 'fault'
  | 'busy'
  | 'connections'
  | 'app-unreachable'
  | 'app-tls'
  | 'app-lost'
  | 'app-invalid'
  | 'app-timeout'
  | 'app-busy'

/** The texts of one language. */
export interface Texts {
  /** Stands for `{contact}` if there is no `--contact`. */
  readonly defaultContact: string
  readonly signIn: string
  readonly tryAgain: string
  /** For a page in a frame of another site, in which browsers do not ask for a password. */
  readonly newTab: string
  /** Precedes the technical cause of an error. */
  readonly detail: string
  readonly errors: Readonly<Record<ErrorKind, ErrorText>>
  readonly login: LoginTexts
  readonly logout: LogoutTexts
  readonly provider: ProviderTexts
  readonly account: AccountTexts
}
