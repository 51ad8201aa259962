// Options of `htpasswd serve` under "Sign-in page": whether there is one, and how long a session lasts.
import { duration, text } from '../../../options/table.ts'
import type { ServeOptionTable } from './row.ts'

const group = 'Sign-in page:'
const YEAR = 366 * 24 * 3600

export const signInPage = {
  login: {
    group,
    describe:
      "a page to sign in on, with sign-out and an account page, instead of the browser's password dialog; programs send passwords as before",
  },
  'login-text': { group, argument: 'TEXT', describe: 'a paragraph on the sign-in page', read: text },
  'session-idle': {
    group,
    argument: 'TIME',
    describe: 'how long a session lasts without a request',
    default: '12h',
    read: duration(60, YEAR),
  },
  'session-max': {
    group,
    argument: 'TIME',
    describe: 'how long a session lasts in any case',
    default: '7d',
    read: duration(60, YEAR),
  },
  'session-secret-file': {
    group,
    argument: 'FILE',
    describe:
      'what signs the session cookies, so that sessions outlive a restart and replicas share them; created if missing. Of two lines the first signs, and the second is still accepted',
    read: text,
  },
  'public-url': {
    group,
    argument: 'URL',
    describe: 'the address that people type, such as https://ml.example, if TLS ends in front of this server',
    read: readOrigin,
  },
} as const satisfies ServeOptionTable

function readOrigin(value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '')
    return url
  throw new Error(`expected an address such as https://ml.example, got "${value}"`)
}
