// Options of `htpasswd serve` under "What the app sees": what is sent to the app, and the limits on its connections.
import { checkDropHeader, checkGroupsHeader, checkUserHeader } from '../../../../http/proxy/header-lists.ts'
import { checkUpgradeProtocol } from '../../../../http/proxy/upgrade.ts'
import { duration, wholeNumber } from '../../../options/table.ts'
import { checked, type ServeOptionTable } from './row.ts'

const group = 'What the app sees:'

export const whatTheAppSees = {
  'user-header': {
    group,
    argument: 'NAME',
    describe: 'send the user name to the app in this header, such as X-Forwarded-User',
    read: checked(checkUserHeader),
  },
  'groups-header': {
    group,
    argument: 'NAME',
    describe: "send the user's groups to the app in this header, such as X-Forwarded-Groups",
    read: checked(checkGroupsHeader),
    guard: 'groupsHeader',
  },
  'forward-auth': {
    group,
    describe: 'pass the Authorization header, with the password, to the app',
    guard: 'forwardAuth',
    live: true,
  },
  'preserve-host': {
    group,
    describe: "pass the client's Host header to the app instead of the upstream's",
    guard: 'preserveHost',
    live: true,
  },
  'forwarded-host': {
    group,
    describe: 'tell the app the public address in X-Forwarded-Host and X-Forwarded-Proto (Gradio)',
    guard: 'forwardedHost',
    live: true,
  },
  'drop-header': {
    group,
    argument: 'NAME',
    repeatable: true,
    describe: 'drop this header of clients, besides those that name a user or an address (repeatable)',
    read: checked(checkDropHeader),
    guard: 'dropHeaders',
    live: true,
  },
  'allow-upgrade': {
    group,
    argument: 'PROTOCOL',
    repeatable: true,
    describe:
      'let connections switch to this protocol besides websocket, such as tcp for Docker (repeatable)',
    read: checked(checkUpgradeProtocol),
    guard: 'allowUpgrades',
    live: true,
  },
  'max-upstream-connections': {
    group,
    argument: 'N',
    describe: 'connections to the app at a time, for which further requests wait up to 10 s; 0 is no limit',
    default: '2048',
    read: wholeNumber(0, 1_000_000),
    guard: 'maxUpstreamConnections',
    live: true,
  },
  'upstream-timeout': {
    group,
    argument: 'TIME',
    describe: 'idle timeout of the app, after which the client gets 504; 0 disables',
    default: '0',
    read: duration(0, 20 * 86_400),
    guard: 'upstreamTimeout',
    live: true,
  },
} as const satisfies ServeOptionTable
