// Reads along what every program of ours writes while the suite runs it, and fails the file in which a password shows.
import childProcess, { type ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { afterAll, expect } from 'vitest'

/** What one program was called with and what it wrote, both streams together. */
export interface ProgramOutput {
  readonly words: readonly string[]
  text: string
}

export const programOutputs: ProgramOutput[] = []

const OURS = /(htpasswd|start|example)\.(c?js|mjs|ts)$/
/** `-p` writes the password into the record, and that is what the record is for. */
const WRITES_PLAIN_TEXT = /^-[a-zA-Z0-9]*p[a-zA-Z0-9]*$/

/** The command line of a program of ours that has no business to write a password. */
function isWatched(words: readonly string[]): boolean {
  const at = words.findIndex(word => OURS.test(word))
  return at !== -1 && !words.slice(at + 1).some(word => WRITES_PLAIN_TEXT.test(word))
}

function readAlong(child: ChildProcess, output: ProgramOutput): void {
  for (const stream of [child.stdout, child.stderr] as (Readable | null)[]) {
    if (stream === null) continue
    const push = stream.push
    // not by a listener, which would set the stream flowing before its reader is there
    stream.push = (chunk: unknown, ...more) => {
      if (chunk !== null) output.text += String(chunk)
      return Reflect.apply(push, stream, [chunk, ...more])
    }
  }
}

const { spawn, spawnSync } = childProcess
type AnyCall = (...words: unknown[]) => unknown
const wordsOf = (command: unknown, args: unknown): string[] =>
  [command, ...(Array.isArray(args) ? args : [])].map(String)

childProcess.spawn = ((...call: unknown[]) => {
  const child = (spawn as AnyCall)(...call) as ChildProcess
  const output = { words: wordsOf(call[0], call[1]), text: '' }
  if (isWatched(output.words)) {
    programOutputs.push(output)
    readAlong(child, output)
  }
  return child
}) as typeof spawn

childProcess.spawnSync = ((...call: unknown[]) => {
  const result = (spawnSync as AnyCall)(...call) as ReturnType<typeof spawnSync>
  const words = wordsOf(call[0], call[1])
  if (isWatched(words)) programOutputs.push({ words, text: `${result.stdout ?? ''}${result.stderr ?? ''}` })
  return result
}) as typeof spawnSync

// makes `import { spawn }` see them too
syncBuiltinESMExports()

const PLACES = [
  /hashPassword\(\s*'([^'\n()[\]]+)'/g,
  /basic\('[^'\n]*',\s*'([^'\n()[\]]+)'/g,
  /(?:PASSWORD|SECRET|password) ?[=:] ?'([^'\n]+)'/g,
  /'-[a-zA-Z]*b[a-zA-Z]*'(?:, '-C', '\d+')?, [^,\n]+, '[^'\n]+', '([^'\n()[\]]+)'/g,
]
/** Not too short to be told from a word, no number, and no word that messages use. */
const isTelling = (password: string): boolean =>
  password.length >= 6 && !/^(\d+|another|secret|password|wrong|your-password)$/.test(password)

/** The passwords of the suite, as its own sources write them. */
export const suitePasswords: readonly string[] = (() => {
  const folder = join(import.meta.dirname, '..')
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => readFileSync(join(folder, name), 'utf8'))
  const found = sources.flatMap(text =>
    PLACES.flatMap(place => [...text.matchAll(place)].map(([, one]) => one ?? '')),
  )
  return [...new Set(found)].filter(isTelling)
})()

/** The passwords in a text, also in Base64 as a login carries them. */
export function passwordsIn(text: string): string[] {
  const decoded = (text.match(/[A-Za-z0-9+/]{8,}={0,2}/g) ?? []).map(token =>
    Buffer.from(token, 'base64').toString('utf8'),
  )
  const whole = [text, ...decoded].join('\n')
  return suitePasswords.filter(password => whole.includes(password))
}

afterAll(() => {
  const leaks = programOutputs
    .map(({ words, text }) => ({ program: words.slice(1, 4).join(' '), passwords: passwordsIn(text) }))
    .filter(({ passwords }) => passwords.length > 0)
  expect(leaks).toEqual([])
})
