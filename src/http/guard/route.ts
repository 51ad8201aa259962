// The path a request is for: mounted below a prefix, open without login or not.
import { HtpasswdError } from '../../errors.ts'

/** Where a request target leads. */
export type Route =
  /** Up, with this target: the bytes as they came, without the prefix. */
  | { readonly target: string; readonly path: string; readonly open: boolean }
  /** The prefix without its slash: relative links would miss it. */
  | { readonly redirect: string }
  | 'not-found'

/** How targets are read. */
export interface RouteOptions {
  /** `/mlflow`, or empty. */
  readonly prefix: string
  readonly allowPaths: ReadonlySet<string>
}

const pathOf = (target: string): string => {
  const query = target.indexOf('?')
  return query === -1 ? target : target.slice(0, query)
}

/**
 * Finds the route. Nothing is decoded and nothing normalised: an open path is open in exactly the bytes that were
 * configured, and exactly the bytes that were checked go up, so no two readings can differ (CVE-2025-66490,
 * GHSA-7rh7-c77v-6434). Open is for GET and HEAD only.
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

/** A prefix as it is used: a leading slash, none at the end. @throws HtpasswdError `ERR_OPTION`. */
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

/** @throws HtpasswdError `ERR_OPTION` for what is no plain path. */
export function checkAllowPath(path: string): string {
  if (!/^\/[^\s?#\u0000-\u0020\u007f-\uffff]*$/.test(path)) {
    throw new HtpasswdError(
      'ERR_OPTION',
      `"allowPaths" expected a path like /health, got ${JSON.stringify(path)}`,
    )
  }
  return path
}
