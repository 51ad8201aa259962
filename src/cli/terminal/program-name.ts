// The name by which this program was called, for messages with a command to type: after `npx htpasswd-kit serve` a hint
// that says `htpasswd` would run nothing, or Apache's program.
import { basename, delimiter, dirname } from 'node:path'
import { shellWord } from './output.ts'

const RUNTIMES = /^(node|bun|deno)(\.exe)?$/i
/** What wheels pass to the executable (build/wheel/). */
const PYTHON_MODULE = /^\S*py\S* -m htpasswd_kit$/
const NAMES = ['htpasswd', 'htpasswd-kit']

/**
 * The command as it was called: `htpasswd`, `htpasswd-kit`, `npx htpasswd-kit`, `npm start --`, `python -m htpasswd_kit`,
 * or the path of an executable.
 *
 * @param argv `process.argv`: the script of a runtime, or in an executable what was typed, comes second.
 */
export function programName(
  env: NodeJS.ProcessEnv = process.env,
  argv: readonly string[] = process.argv,
): string {
  const [program = '', script = ''] = argv
  return RUNTIMES.test(baseOf(program)) ? nameOfScript(env, script) : nameOfExecutable(env, script)
}

function nameOfExecutable({ PATH = '' }: NodeJS.ProcessEnv, typed: string): string {
  if (PYTHON_MODULE.test(typed)) return typed
  const name = baseOf(typed).replace(/\.exe$/i, '')
  const isOnPath = name === typed || PATH.split(delimiter).includes(dirname(typed))
  if (NAMES.includes(name) && isOnPath) return name
  return shellWord(typed)
}

function nameOfScript(env: NodeJS.ProcessEnv, script: string): string {
  const name = baseOf(script).replace(/\.c?js$/i, '')
  // `npm start` in a checkout
  if (name === 'start') return 'npm start --'
  if (!NAMES.includes(name)) return 'htpasswd'
  const path = script.replaceAll('\\', '/')
  if (path.includes('/bunx-')) return 'bunx htpasswd-kit'
  if (path.includes('/dlx') && env.npm_config_user_agent?.startsWith('pnpm/')) return 'pnpm dlx htpasswd-kit'
  // npx sets variables with the command that it runs, but a program started by that command inherits them
  const isNpx =
    env.npm_lifecycle_event === 'npx' && /^['"]?htpasswd(-kit)?\b/.test(env.npm_lifecycle_script ?? '')
  // a project's own copy is on the PATH of its npm scripts only
  if (isNpx || path.includes('/_npx/') || path.includes('/node_modules/.bin/')) return 'npx htpasswd-kit'
  return NAMES.includes(baseOf(script)) ? name : 'htpasswd'
}

/** Also splits Windows paths under another system's rules, for tests. */
const baseOf = (path: string): string => basename(path.replaceAll('\\', '/'))

/**
 * Replaces `htpasswd` in a message of the lower layers ("fix it with: htpasswd fix FILE") by the name by which the
 * program was called.
 */
export const asCalled = (text: string, name: string = programName()): string =>
  name === 'htpasswd' ? text : text.replace(/(?<=: |see |^|["`(])htpasswd (?=[-\w])/g, `${name} `)
