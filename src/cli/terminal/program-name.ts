// How the person called this program, for messages that name a command to type: after `npx htpasswd-kit serve` a hint
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
  // npx names the command that it runs; one that runs another program leaves its variables to it and its children
  const isNpx =
    env.npm_lifecycle_event === 'npx' && /^['"]?htpasswd(-kit)?\b/.test(env.npm_lifecycle_script ?? '')
  // a project's own copy is on the PATH of its npm scripts only
  if (isNpx || path.includes('/_npx/') || path.includes('/node_modules/.bin/')) return 'npx htpasswd-kit'
  return NAMES.includes(baseOf(script)) ? name : 'htpasswd'
}

/** Windows' paths also where this runs under another system's rules, in a test. */
const baseOf = (path: string): string => basename(path.replaceAll('\\', '/'))

/**
 * A message of the layers below the command, which know it as `htpasswd` only ("fix it with: htpasswd fix FILE"), with
 * the command as it was called.
 */
export const asCalled = (text: string, name: string = programName()): string =>
  name === 'htpasswd' ? text : text.replace(/(?<=: |see |^|["`(])htpasswd (?=[-\w])/g, `${name} `)
