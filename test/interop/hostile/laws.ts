// What must hold whatever was sent: decided from what the back end saw and what the guard logged.

import type { SeenRequest } from './back-ends.ts'
import { USER } from './case.ts'

/** A line of the guard's access log in JSON. */
export interface Logged {
  readonly user: string | null
  readonly method: string
  readonly path: string
  readonly status: number
  readonly aborted: boolean
  readonly reason: string | null
}

export const readLog = (output: string): Logged[] =>
  output
    .split('\n')
    .filter(line => line.startsWith('{"time"'))
    .map(line => JSON.parse(line) as Logged)

const valuesOf = (request: SeenRequest, name: string): string[] =>
  request.headers.filter(([other]) => other === name).map(([, value]) => value)

const isOpen = ({ method, target }: SeenRequest): boolean =>
  /^\/open(\?|$)/.test(target) && (method === 'GET' || method === 'HEAD')

/** What is wrong with a request that reached the back end. */
export function faultsOf(request: SeenRequest): string[] {
  const { target, headers } = request
  const users = valuesOf(request, 'x-forwarded-user')
  const addresses = valuesOf(request, 'x-forwarded-for')
  const anonymous = users.length === 0 && isOpen(request)
  const rules: readonly (readonly [broken: boolean, fault: string])[] = [
    [/^\/(hidden|refused)/.test(target), 'nobody logged in for it'],
    [valuesOf(request, 'x-run').length > 0 && !isOpen(request), 'it was sent without a login'],
    [users.join() !== USER && !anonymous, `its user is ${JSON.stringify(users)}`],
    [addresses.join() !== '127.0.0.1', `its address is ${JSON.stringify(addresses)}`],
    [valuesOf(request, 'authorization').length > 0, 'it has the credentials'],
    [headers.some(([, value]) => value === 'spoofed'), 'it has an identity header of the client'],
  ]
  return rules.filter(([broken]) => broken).map(([, fault]) => fault)
}

const count = (keys: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}

/** Whether the guard let the app answer, or tried to. */
const isForwarded = ({ reason }: Logged): boolean => reason === null || /^upstream/.test(reason)

/**
 * Compares by user, method and path. A response of 200 is the app's, so the app saw that request once. One that was cut,
 * or that the server refused before its app was called, may be missing; nothing else may be there.
 */
export function differencesBetween(seen: readonly SeenRequest[], log: readonly Logged[]): string[] {
  const keyOf = (user: string, method: string, path: string): string => JSON.stringify([user, method, path])
  const atApp = count(
    seen.map(request =>
      keyOf(valuesOf(request, 'x-forwarded-user').join(), request.method, request.target.split('?')[0] ?? ''),
    ),
  )
  const forwarded = log.filter(isForwarded)
  const keyOfLogged = ({ user, method, path }: Logged): string => keyOf(user ?? '', method, path)
  const possible = count(forwarded.map(keyOfLogged))
  const certain = count(
    forwarded.filter(({ status, aborted }) => status === 200 && !aborted).map(keyOfLogged),
  )
  const differences: string[] = []
  for (const [key, times] of atApp) {
    const most = possible.get(key) ?? 0
    if (times > most) differences.push(`${key.slice(0, 200)}: the app saw ${times}, the log has ${most}`)
  }
  for (const [key, times] of certain) {
    const saw = atApp.get(key) ?? 0
    if (saw < times) differences.push(`${key.slice(0, 200)}: the log has ${times}, the app saw ${saw}`)
  }
  return differences
}
