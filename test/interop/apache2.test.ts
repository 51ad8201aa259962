// A real apache2 accepts what the built command writes, for every format, and follows its updates.
import { describe } from 'vitest'
import { findProgram, skipReason } from '../support/outside-program.ts'
import { serverAcceptsOurFiles } from './server-cases.ts'

const missing = process.platform === 'win32' ? 'needs POSIX' : skipReason({ apache2: findProgram('apache2') })
describe.skipIf(missing)('apache2', () => serverAcceptsOurFiles('apache2'))
