// The route of a request target: to the app, with or without a login, to a redirect, or nowhere.
import { HtpasswdError } from '../../errors.ts'

/** The route of a request target. */
export type Route =
  /** To the app, with this target: the bytes of the request without the prefix. */
  | { readonly target: string; readonly path: string; readonly open: boolean }
  /** The prefix without its final slash is redirected, because relative links would leave it. */
  | { readonly redirect: string }
  | 'not-found'

/** The options for routes. */
export interface RouteOptions {
  /** `/mlflow`, or empty. */
  readonly prefix: string
  readonly allowPaths: ReadonlySet<string>
}

/** The path of a request target, without its query. */
export const pathOf = (target: string): string => {
  const query = target.indexOf('?')
  return query === -1 ? target : target.slice(0, query)
}

/**
 * Finds the route of a request target. Nothing is decoded or normalised: an open path is compared byte by byte with the
 * configured one, and the app gets exactly the bytes that were compared, so that the two cannot disagree (CVE-2025-66490,
 * GHSA-7rh7-c77v-6434). Only GET and HEAD are open.
 */
export function findRoute(method: string, target: string, { prefix, allowPaths }: RouteOptions): Route {
  const whole = pathOf(target)
  const inner = prefix === '' ? target : target.slice(prefix.length)
  if (prefix !== '' && !whole.startsWith(`${prefix}/`)) {
    return whole === prefix ? { redirect: `${prefix}/${inner}` } : 'not-found'
  }
  const path = pathOf(inner)
  const open = (method === 'GET' || method === 'HEAD') && (allowPaths.has(path) || allowPaths.has(whole))
  return { target: inner, path, open }
}

/**
 * Whether every server reads the path in the same way: without segments `.` or `..` in any encoding, without an encoded
 * slash or backslash, without path parameters (`;`) and without double encoding.
 */
export const isPlainPath = (path: string): boolean =>
  !/\\|;|%25|%2f|%5c|%00/i.test(path) && !/\/(\.|%2e){1,2}(\/|$)/i.test(path)

/** Normalises a prefix: a slash at the start, none at the end. @throws HtpasswdError `ERR_OPTION` for another form. */
export function checkPrefix(prefix: string): string {
  const plain = prefix.replace(/\/$/, '')
  if (plain !== '' && !/^(\/[A-Za-z0-9._~-]+)+$/.test(plain)) {
    throw new HtpasswdError(
      'ERR_OPTION',
      `"prefix" expected a path like /mlflow, got ${JSON.stringify(prefix)}`,
    )
  }
  return plain
}

/** Checks a path of `allowPaths`. @throws HtpasswdError `ERR_OPTION` for anything but a plain path. */
export function checkAllowPath(path: string): string {
  if (!/^\/[^\s?#\u0000-\u0020\u007f-\uffff]*$/.test(path)) {
    throw new HtpasswdError(
      'ERR_OPTION',
      `"allowPaths" expected a path like /health, got ${JSON.stringify(path)}`,
    )
  }
  return path
}
