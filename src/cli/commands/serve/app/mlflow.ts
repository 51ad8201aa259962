// MLflow's command line, whether a running app is MLflow, and the variables of its client.
import { get as getHttp } from 'node:http'
import { get as getHttps } from 'node:https'
import { basename } from 'node:path'

/** `mlflow`, `/opt/bin/mlflow`, `mlflow.exe`, `python -m mlflow`, `uv run mlflow`, `conda run -n lab mlflow server`. */
export const isMlflowCommand = (command: readonly string[]): boolean =>
  command.some((word, i) => {
    const name = basename(word.replaceAll('\\', '/'), '.exe')
    return name === 'mlflow' && (i < 3 || /^(server|ui)$/.test(command[i + 1] ?? ''))
  })

const PROBE_LIMIT_MS = 1000
/** The version of a Python package, PEP 440: `3.17.2`, `3.0.0rc1`. */
const VERSION = /^\d+\.\d+\.\d+([a-z.]+\d+)*$/

/** Whether the app at this URL is MLflow: its server gives its version, as plain text, at /version. */
export function respondsAsMlflow(upstream: URL, limitMs = PROBE_LIMIT_MS): Promise<boolean> {
  const get = upstream.protocol === 'https:' ? getHttps : getHttp
  return new Promise(resolve => {
    const request = get(new URL('/version', upstream), { timeout: limitMs, agent: false }, response => {
      let text = ''
      response.setEncoding('latin1')
      response.on('data', (chunk: string) => {
        text += chunk
        if (text.length > 100) request.destroy()
      })
      response.once('close', () => resolve(response.statusCode === 200 && VERSION.test(text.trim())))
    })
    request.once('timeout', () => request.destroy())
    request.once('error', () => resolve(false))
  })
}

type Shell = 'sh' | 'powershell' | 'cmd'

/** The shell in which the command was typed: only cmd sets PROMPT, and Git's shell on Windows sets SHELL. */
export function shellOf(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): Shell {
  if (platform !== 'win32' || env.SHELL !== undefined) return 'sh'
  return env.PROMPT === undefined ? 'powershell' : 'cmd'
}

const assignments: Readonly<Record<Shell, (name: string, value: string) => string>> = {
  sh: (name, value) => `export ${name}='${value}'`,
  powershell: (name, value) => `$env:${name}='${value}'`,
  cmd: (name, value) => `set "${name}=${value}"`,
}

/**
 * The lines that set the variables of MLflow's client.
 *
 * @param authority the file of a certificate authority that its system does not know.
 */
export const clientVariables = (url: string, user: string, shell: Shell, authority?: string): string[] =>
  [
    ['MLFLOW_TRACKING_URI', url],
    ['MLFLOW_TRACKING_USERNAME', user],
    ['MLFLOW_TRACKING_PASSWORD', 'your-password'],
    ...(authority === undefined ? [] : [['MLFLOW_TRACKING_SERVER_CERT_PATH', authority]]),
  ].map(([name = '', value = '']) => assignments[shell](name, value))
