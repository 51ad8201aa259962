// What the pages with forms say: sign-in, sign-out and account. `{…}` in a text stands for a value.

import type { SignInProblem } from '../../../auth/openid/sign-in-failure.ts'

/** The sign-in page. */
export interface LoginTexts {
  readonly title: string
  readonly name: string
  readonly password: string
  readonly stay: string
  readonly show: string
  /** Beside the password while it is on. */
  readonly capsLock: string
  readonly submit: string
  readonly wrong: string
  readonly throttled: string
  readonly busy: string
  readonly fault: string
  readonly over: string
  readonly signedIn: string
  readonly goOn: string
  readonly noCookie: string
  readonly ask: string
  /** In a frame of another page, where no one may be asked for a password. */
  readonly frame: string
}

/** The sign-out page. */
export interface LogoutTexts {
  readonly title: string
  readonly text: string
  readonly submit: string
  readonly nobody: string
  readonly done: string
  readonly doneText: string
  readonly pending: string
  readonly again: string
}

/** Signing in with an identity provider, whose name is `{name}`. */
export interface ProviderTexts {
  readonly button: string
  /** Beside the button while the provider cannot be reached. */
  readonly down: string
  /** Of the page after a sign-in that failed; `{time}` is this server's. */
  readonly title: string
  readonly problems: Readonly<Record<SignInProblem, string>>
  readonly back: string
  readonly ask: string
  readonly signedOut: string
  readonly signOut: string
}

/** The account page. */
export interface AccountTexts {
  readonly title: string
  readonly user: string
  readonly groups: string
  readonly noGroups: string
  readonly signedIn: string
  readonly until: string
  readonly goOn: string
  readonly current: string
  readonly wrong: string
  readonly passwordTitle: string
  readonly next: string
  readonly repeat: string
  readonly rules: string
  readonly change: string
  readonly changed: string
  readonly problems: Readonly<Record<PasswordProblem, string>>
  readonly readOnly: string
  /** Where the users are in no file. */
  readonly noFile: string
  /** For the users of the provider `{name}` who have no password here. */
  readonly noPassword: string
  /** In place of the form that creates a token, which asks for the password. */
  readonly askForToken: string
  readonly notSaved: string
  readonly tokensTitle: string
  readonly tokensText: string
  readonly noTokens: string
  readonly tokenName: string
  readonly tokenDays: string
  readonly days: string
  readonly tokenScope: string
  readonly scopes: Readonly<Record<'all' | 'read', string>>
  readonly create: string
  readonly created: string
  readonly never: string
  readonly expires: string
  readonly expired: string
  readonly revoke: string
  readonly revokeTitle: string
  readonly revoked: string
  readonly badName: string
}

/** What is wrong with a new password. */
export type PasswordProblem = 'short' | 'long' | 'control' | 'common' | 'differs' | 'same'
