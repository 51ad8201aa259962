// A folder of its own for every test, and child processes of the built package.
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach } from 'vitest'

/** A folder that lives for one test. */
export interface Scratch {
  readonly folder: string
  /** A file in it, which a test makes when it needs it. */
  readonly file: string
  path(name: string): string
  /** All that is in the folder, sorted: what was left behind. */
  names(): string[]
}

/** Makes the folder before each test of a file and removes it after. Others may enter, for tests as another user. */
export function scratch(): Scratch {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'htpasswd-store-'))
    chmodSync(folder, 0o755)
  })
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    get folder() {
      return folder
    },
    get file() {
      return join(folder, 'f')
    },
    path: name => join(folder, name),
    names: () => readdirSync(folder).sort(),
  }
}

/** Writes a text, a byte a character, and gives back its path. */
export function fileWith(path: string, text: string): string {
  writeFileSync(path, text, 'latin1')
  return path
}

export const textOf = (path: string): string => readFileSync(path, 'latin1')

export const isRoot = process.getuid?.() === 0
/** A user without rights, for tests that root runs. */
export const NOBODY = 65534

const children: ChildProcess[] = []
export const builtModule = (path: string): string =>
  JSON.stringify(new URL(`../../dist/${path}`, import.meta.url).href)
/** The built package, as text for an import. */
export const dist = builtModule('index.js')
/** The built command. */
export const bin = fileURLToPath(new URL('../../bin/htpasswd.js', import.meta.url))

/** How a child ended. */
export interface Ending {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A running program. */
export class Child {
  readonly process: ChildProcess
  readonly ended: Promise<Ending>
  #stdout = ''
  #stderr = ''

  constructor(program: string, args: readonly string[]) {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.process = child
    children.push(child)
    child.stdout.setEncoding('utf8').on('data', text => {
      this.#stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', text => {
      this.#stderr += text
    })
    this.ended = new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (status, signal) =>
        resolve({ status, signal, stdout: this.#stdout, stderr: this.#stderr }),
      )
    })
  }

  /** Until it has printed the text; an error where it ends before. */
  async said(text: string): Promise<void> {
    while (!this.#stdout.includes(text)) {
      const more = new Promise<void>(resolve => this.process.stdout?.once('data', () => resolve()))
      const ending = await Promise.race([more, this.ended])
      if (ending && !this.#stdout.includes(text)) throw new Error(`it ended: ${JSON.stringify(ending)}`)
    }
  }

  async kill(): Promise<void> {
    this.process.kill('SIGKILL')
    await this.ended
  }
}

/** Runs `script`, a module that has HtpasswdFile, and `args` as an array of strings. */
export function startScript(script: string, ...args: string[]): Child {
  const text = `
    import { HtpasswdFile } from ${dist}
    const args = process.argv.slice(1)
    ${script}`
  return new Child(process.execPath, ['--input-type=module', '-e', text, '--', ...args])
}

/** As `startScript`, as a user without rights; only root may. The result is what the script prints as JSON. */
export async function runAsNobody(script: string, ...args: string[]): Promise<unknown> {
  const text = `
    // the command loads this later, when it may not read it any more
    const { checkAccess } = await import(${builtModule('store/access.js')})
    process.setgroups([])
    process.setgid(${NOBODY})
    process.setuid(${NOBODY})
    const attempt = async run => {
      try {
        return { value: await run() }
      } catch (error) {
        return { name: error.name, code: error.code, message: error.message }
      }
    }
    console.log(JSON.stringify(await attempt(async () => { ${script} })))`
  const { status, stdout, stderr } = await startScript(text, ...args).ended
  if (status !== 0) throw new Error(`it failed: ${stderr}`)
  return JSON.parse(stdout)
}
