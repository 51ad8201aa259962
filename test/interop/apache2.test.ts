// A real apache2 accepts what the built command writes, for every format, and follows its updates.
import { describe } from 'vitest'
import { serverAcceptsOurFiles } from './server-cases.ts'
import { isInstalled } from './servers.ts'

describe.skipIf(process.platform === 'win32' || !isInstalled('apache2', '-v'))(
  'apache2 (has to be installed)',
  () => {
    serverAcceptsOurFiles('apache2')
  },
)
