// A password file that lives for one test, and the built command on it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export { runBin } from './run.ts'

export async function withUsers<T>(text: string, use: (file: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'password-file-'))
  const file = join(folder, 'users')
  writeFileSync(file, text)
  try {
    return await use(file)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export const textIn = (file: string): string => readFileSync(file, 'utf8')
