// The texts of the pages in English, and the type of every other language.

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
}
