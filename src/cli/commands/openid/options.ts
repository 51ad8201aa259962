// The command line of `htpasswd openid`: the options of `serve`; the help shows only those that matter here.
import {
  type ActionTable,
  type CommandSpec,
  formsOf,
  helpOption,
  type OptionTable,
} from '../../options/table.ts'
import { serveOptions } from '../serve/options.ts'

const { 'public-url': publicUrl, prefix, config } = serveOptions

export const openidOptions = {
  'oidc-issuer': serveOptions['oidc-issuer'],
  'oidc-client-id': serveOptions['oidc-client-id'],
  'oidc-client-secret-file': serveOptions['oidc-client-secret-file'],
  'oidc-user-claim': serveOptions['oidc-user-claim'],
  'oidc-groups-claim': serveOptions['oidc-groups-claim'],
  'oidc-users': serveOptions['oidc-users'],
  'public-url': publicUrl,
  prefix,
  config,
  help: helpOption,
} as const satisfies OptionTable

const actions = {
  check: {
    synopsis: ['[FILE] --oidc-issuer URL --public-url URL'],
    describe: 'ask a provider what it offers, and print the addresses to register there',
  },
} as const satisfies ActionTable

export const openidSpec = {
  name: 'openid',
  synopsis: formsOf(actions),
  actions,
  describe:
    'Checks an OpenID Connect provider for "htpasswd serve --oidc-issuer" before anybody signs in. It takes the whole command ' +
    'line of serve, also the app after "--", which it does not start.',
  options: openidOptions,
  epilogue: 'Status 1: the provider cannot be reached, or something is missing.',
} as const satisfies CommandSpec<typeof openidOptions>
