// One row of the corpus: bytes to send, with a place for the login, and the parts that rows are written with.
import { basic } from '../../support/raw-client.ts'

export const USER = 'alice'
export const PASSWORD = 'looking-glass-7'
/** Stands in a request where the login goes. */
const LOGIN = '<login>'
const [, credentials] = basic(USER, PASSWORD)
const loginLine = `Authorization: ${credentials}`
/** Takes the place of the login: a back end that sees this header saw a request that nobody logged in for. */
const anonymousLine = 'X-Run: anonymous'

export interface Case {
  readonly group: string
  readonly name: string
  /** Latin-1: one character a byte. */
  readonly text: string
  /** Final responses that the client waits for, at most. */
  readonly responses: number
  /** Whether the request is incomplete, so that the guard may wait for the rest of it. */
  readonly incomplete: boolean
}

/** What a row may say beyond its name and text. */
interface Traits {
  readonly responses?: number
  readonly incomplete?: boolean
}

export type Row = readonly [name: string, text: string, traits?: Traits]

export const casesOf = (group: string, rows: readonly Row[]): Case[] =>
  rows.map(([name, text, { responses = 1, incomplete = false } = {}]) => ({
    group,
    name,
    text,
    responses,
    incomplete,
  }))

export const withLogin = ({ text }: Case): string => text.replaceAll(LOGIN, loginLine)
export const withoutLogin = ({ text }: Case): string => text.replaceAll(LOGIN, anonymousLine)
export const needsLogin = ({ text }: Case): boolean => text.includes(LOGIN)

/** A request with a login; each line ends with CRLF. */
export const request = (requestLine: string, ...lines: readonly string[]): string =>
  `${[requestLine, 'Host: guard.example', LOGIN, ...lines].join('\r\n')}\r\n\r\n`
export const get = (...lines: readonly string[]): string => request('GET /x HTTP/1.1', ...lines)
export const post = (...lines: readonly string[]): string => request('POST /x HTTP/1.1', ...lines)

/** Nobody logs in for this request, so no back end may ever see it. It is put where a request could be smuggled. */
export const hidden =
  'GET /hidden HTTP/1.1\r\nHost: guard.example\r\nX-Forwarded-User: spoofed\r\nX-Run: anonymous\r\n\r\n'

/** Control characters and bytes beyond ASCII in a readable form, short enough for a title. */
export const visible = (text: string): string =>
  (text.length > 40 ? `${text.slice(0, 40)}… (${text.length} bytes)` : text).replaceAll(
    /[^ -~…]/g,
    character => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
