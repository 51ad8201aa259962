// The texts of the pages in English, and the type of every other language.

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

const report = 'If it stays like this, tell {contact}.'

export const en: Texts = {
  defaultContact: 'the person who runs this server',
  signIn: 'Sign in',
  tryAgain: 'Try again',
  newTab: 'Open in a new tab',
  detail: 'For the person who runs this server:',
  errors: {
    'sign-in': {
      title: 'Sign in to see this page',
      text: 'The user name or the password is missing or wrong.',
      advice: 'Choose “Sign in” and enter both when your browser asks for them.',
      ask: 'No user name yet, or the password forgotten? Ask {contact}.',
    },
    'invalid-token': {
      title: 'The token is not valid',
      text: 'It is malformed, unknown, expired or revoked, or its user has changed.',
      advice: 'Programs need a new token; people sign in with a user name and password.',
      ask: 'If it should still be valid, ask {contact}.',
    },
    forbidden: {
      title: 'You have no access to this page',
      text: 'You are signed in, but your account has no permission for it.',
      advice: '',
      ask: 'If you need access, ask {contact}.',
    },
    'cross-site': {
      title: 'This request was stopped',
      text: 'A page of another site sent it, and it would have used your login here.',
      advice: 'Open this address in a tab of its own and continue there.',
      ask: 'If the other site is supposed to do this, ask {contact}.',
    },
    'not-found': {
      title: 'There is no page at this address',
      text: 'The address may be incomplete or misspelt.',
      advice: 'Check the address.',
      ask: 'If a link led you here, tell {contact}.',
    },
    throttled: {
      title: 'Too many failed logins',
      text: 'Logins are refused for a short time, to stop the guessing of passwords.',
      advice: 'Wait a few seconds, then try again.',
      ask: 'Password forgotten? Ask {contact}.',
    },
    fault: {
      title: 'The password could not be checked',
      text: 'An error on the server prevents it. Your password may well be right.',
      advice: '',
      ask: 'Please tell {contact}; the log of the server has the reason.',
    },
    busy: {
      title: 'Too many people are signing in',
      text: 'The server is checking as many passwords as it can.',
      advice: 'Wait a few seconds, then try again.',
      ask: report,
    },
    connections: {
      title: 'Too many connections',
      text: 'Too many connections from your network are open without a login.',
      advice: 'Wait a few seconds, then try again.',
      ask: report,
    },
    'app-unreachable': {
      title: 'The app is not running',
      text: 'This server works, but the app behind it does not respond.',
      advice: 'The app may be starting: try again in a moment.',
      ask: report,
    },
    'app-tls': {
      title: 'The app cannot be reached',
      text: 'No encrypted connection to the app behind this server could be made.',
      advice: '',
      ask: 'Please tell {contact}.',
    },
    'app-lost': {
      title: 'The app did not respond',
      text: 'The app behind this server closed the connection without a response.',
      advice: 'If you were saving something, check whether it was saved before you repeat it.',
      ask: report,
    },
    'app-invalid': {
      title: 'The app sent an invalid response',
      text: 'The response of the app behind this server cannot be passed on.',
      advice: '',
      ask: 'Please tell {contact}.',
    },
    'app-timeout': {
      title: 'The app takes too long',
      text: 'The app behind this server did not respond in time.',
      advice: 'If you were saving something, check whether it was saved before you repeat it.',
      ask: report,
    },
    'app-busy': {
      title: 'The app is busy',
      text: 'Too many requests to the app are in progress.',
      advice: 'Try again in a moment.',
      ask: report,
    },
  },
  login: {
    title: 'Sign in',
    name: 'User name',
    password: 'Password',
    stay: 'Stay signed in on this device',
    show: 'Show password',
    capsLock: 'Caps Lock is on.',
    submit: 'Sign in',
    wrong: 'The user name or the password is wrong.',
    throttled: 'Too many failed attempts. Wait {seconds} seconds, then try again.',
    busy: 'Too many people are signing in at the moment. Wait a few seconds, then try again.',
    fault: 'The password could not be checked because of an error on the server. It may well be right.',
    over: 'Your session has ended. Sign in again to go on.',
    signedIn: 'You are signed in as {user}.',
    goOn: 'Go on',
    noCookie:
      'Signing in worked, but your browser did not keep the cookie that signs you in. Allow cookies for this address, then try again.',
    ask: 'No user name yet, or the password forgotten? Ask {contact}.',
    frame: 'Sign in with a tab of its own, then load this page again.',
  },
  logout: {
    title: 'Sign out',
    text: 'You are signed in as {user}.',
    submit: 'Sign out',
    nobody: 'You are not signed in.',
    done: 'You are signed out',
    doneText: 'This session has ended, in all tabs.',
    pending: 'This server has ended the session. Its replicas will hear of it shortly.',
    again: 'Sign in again',
  },
  provider: {
    button: 'Sign in with {name}',
    down: '{name} cannot be reached at the moment. A user name and password still work.',
    title: 'The sign-in did not succeed',
    problems: {
      down: '{name} cannot be reached at the moment, or reports an error. Try again later, or sign in with a user name and password.',
      denied: '{name} did not sign you in, or you said no there. To try again, go back to the sign-in page.',
      'no-attempt':
        'This sign-in took longer than 10 minutes, was finished before, or began in another browser. Go back to the sign-in page and begin again; allow cookies for this address if it happens again.',
      'unknown-user':
        '{name} knows you, but this server has no user with the name that it gave. You may have signed in there with another account.',
      clock:
        'What {name} sent has expired or is not valid yet: the clocks of the two servers differ. This server’s clock says {time}.',
      invalid: 'What {name} sent could not be accepted. The server’s log has the reason.',
    },
    back: 'Back to the sign-in page',
    ask: 'If it stays this way, or you should have access, ask {contact}.',
    signedOut: 'You may still be signed in at {name}.',
    signOut: 'Sign out at {name}',
  },
  account: {
    title: 'Your account',
    user: 'User name',
    groups: 'Groups',
    noGroups: 'none',
    signedIn: 'Signed in',
    until: 'Session ends at the latest',
    goOn: 'Back to the app',
    current: 'Current password',
    wrong: 'The current password is wrong. Nothing was changed.',
    noPassword: 'You sign in with {name} and have no password here. Your password there is changed there.',
    askForToken: 'For a new token ask {contact}.',
    passwordTitle: 'Change password',
    next: 'New password',
    repeat: 'New password again',
    rules:
      'At least 8 characters, and nothing that is easy to guess. Your other sessions end with the change.',
    change: 'Change password',
    changed: 'The password was changed. Your other sessions have ended.',
    problems: {
      short: 'The new password is too short. It needs at least 8 characters.',
      long: 'The new password is too long. It may have at most {max} bytes.',
      control: 'The new password has a character that cannot be typed in a sign-in form.',
      common: 'The new password is easy to guess. Several words, or a longer one, are better.',
      differs: 'The two new passwords are not the same.',
      same: 'The new password is the current one.',
    },
    readOnly:
      'This server may read the password file but not change it. To change your password, ask {contact}.',
    noFile:
      'The users and passwords of this server come with its configuration, so they cannot be changed on this page. To change your password, ask {contact}.',
    notSaved:
      'This could not be saved, and nothing was changed. The server’s log has the reason; tell {contact}.',
    tokensTitle: 'Access tokens',
    tokensText:
      'A token signs a program in as you, without your password. MLflow’s client takes it from MLFLOW_TRACKING_TOKEN.',
    noTokens: 'You have no tokens.',
    tokenName: 'Name of the new token',
    tokenDays: 'Valid for',
    days: '{days} days',
    tokenScope: 'It may',
    scopes: { all: 'read and write', read: 'read only' },
    create: 'Create token',
    created: 'This is the new token “{name}”. Copy it now: it is shown only this once.',
    never: 'never expires',
    expires: 'expires {date}',
    expired: 'expired {date}',
    revoke: 'Revoke',
    revokeTitle: 'Revoke tokens',
    revoked: 'Revoked. Programs that still send it are refused from now on.',
    badName: 'A token needs a name of 1 to 64 characters.',
  },
}
