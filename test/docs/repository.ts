// Where the documents and what they speak of are.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
export const bin = join(root, 'bin/htpasswd.js')

interface Manifest {
  readonly version: string
  readonly scripts: Record<string, string>
  readonly dependencies: Record<string, string>
}

export const readManifest = (): Manifest =>
  JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest
