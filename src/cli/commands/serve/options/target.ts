// Options of `htpasswd serve` under "What to guard": which app is guarded, and the first user.
import { passwordOptions } from '../../../password/options.ts'
import { readUpstream } from '../listen/address.ts'
import type { ServeOptionTable } from './row.ts'

const group = 'What to guard:'

export const whatToGuard = {
  upstream: {
    group,
    argument: 'URL',
    single: true,
    describe:
      'the app to guard, such as http://127.0.0.1:5000; also 5000, 127.0.0.1:5000, and unix:/run/app.sock',
    read: readUpstream,
  },
  demo: { group, describe: 'guard a small built-in page' },
  init: {
    group,
    describe:
      'if FILE is missing, create it with the user "admin"; --generate and --password-file say which password',
  },
  ...passwordOptions,
} as const satisfies ServeOptionTable
