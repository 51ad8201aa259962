// What lies beside the code in the package: package.json and the file of the worker threads. The one-file executables
// hold these inside; their build puts resources.sea.ts in the place of this file.
import { createRequire } from 'node:module'

/** What `new Worker()` takes: a file, or with `eval` the code itself. */
export interface WorkerEntry {
  readonly code: string
  readonly eval: boolean
}

// asked for by names of package.json ("imports", "exports"), which lead to the same file from the sources, from dist and
// from the bundled command
const { resolve } = createRequire(import.meta.url)

/** @throws Error where the file is missing, as in somebody's bundle of the library. */
export const workerEntry = (): WorkerEntry => ({ code: resolve('#hash-worker'), eval: false })

/** The version in package.json. */
export const packageVersion = (): string =>
  (createRequire(import.meta.url)('htpasswd-kit/package.json') as { version: string }).version
