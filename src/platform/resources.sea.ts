// resources.ts for the one-file executables: Node keeps their files as assets inside the program
// (nodejs.org/api/single-executable-applications.html).
import type { WorkerEntry } from './resources.ts'

const asset = (name: string): string => process.getBuiltinModule('node:sea').getAsset(name, 'utf8')

export const workerEntry = (): WorkerEntry => ({ code: asset('hash-worker'), eval: true })

export const packageVersion = (): string => (JSON.parse(asset('package.json')) as { version: string }).version
