// Runs programs for the tests of the command: never with the terminal of whoever runs the tests.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const bin = fileURLToPath(new URL('../../bin/htpasswd.js', import.meta.url))

/** What a program did; both outputs with one character a byte. */
export interface Run {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

interface Surroundings {
  readonly cwd?: string
  readonly stdin?: string | Buffer
  readonly env?: Record<string, string>
}

export function run(
  program: string,
  args: readonly string[],
  { cwd, stdin = '', env }: Surroundings = {},
): Promise<Run> {
  return new Promise((resolve, reject) => {
    // a session of its own has no /dev/tty, so that prompts go to the pipes
    const detached = process.platform !== 'win32'
    const child = spawn(program, args, { cwd, detached, env: { ...process.env, ...env } })
    const collected = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('latin1').on('data', text => {
        collected[name] += text
      })
    }
    child.stdin.on('error', () => undefined) // a program may end without reading
    child.stdin.end(stdin)
    child.on('error', reject)
    child.on('close', status => resolve({ status, ...collected }))
  })
}

/** The built command. */
export const runBin = (args: readonly string[], surroundings?: Surroundings): Promise<Run> =>
  run(process.execPath, [bin, ...args], surroundings)

/** A shell's line, in which "$NODE" "$BIN" is the built command. */
export const runShell = (line: string, surroundings?: Surroundings): Promise<Run> =>
  run('sh', ['-c', line], { ...surroundings, env: { NODE: process.execPath, BIN: bin } })

/** Files by name, one character a byte. */
export type Files = Readonly<Record<string, string>>

/** Calls `use` with a folder that holds the files, and takes the folder away afterwards. */
export async function withFolder<T>(files: Files, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'htpasswd-test-'))
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, 'latin1')
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export const readFolder = (folder: string): Files =>
  Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map(name => [name, readFileSync(join(folder, name), 'latin1')]),
  )

/** Hashes with a random salt become their format's name, so that two programs' files can be compared. */
export function maskSalts(text: string): string {
  return text
    .replace(/\$apr1\$[./\w]{8}\$[./\w]{22}/g, '{apr1}')
    .replace(/\$2y\$(\d\d)\$[./\w]{53}/g, '{bcrypt $1}')
    .replace(/\$([56])\$(rounds=\d+)?\$?[./\w]{16}\$(?:[./\w]{86}|[./\w]{43})/g, '{sha-crypt $1 $2}')
    .replace(/^([^:\n]*:)[./0-9A-Za-z]{13}$/gm, '$1{des}')
}

/** What is said of a new file on Windows alone. */
export const withoutPrivateNote = (stderr: string): string =>
  stderr.replace(/^Only you, Administrators and SYSTEM can read .*\n/m, '')

/** The latin1 text that stands for the UTF-8 bytes of `text`. */
export const bytesOf = (text: string): string => Buffer.from(text).toString('latin1')
