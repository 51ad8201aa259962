// The guard as a property list for macOS (launchd.plist(5), launchctl(1)).
import { join } from 'node:path'
import { HtpasswdError } from '../../../errors.ts'
import {
  type Control,
  LOG_LINES,
  type Plan,
  type Service,
  type ServiceHost,
  type ServiceManager,
  type Step,
} from './plan.ts'
import { xmlText } from './xml.ts'

export function launchd({ env, home, uid }: ServiceHost): ServiceManager {
  const libraryOf = (atBoot: boolean): string => (atBoot ? '/Library' : join(home, 'Library'))
  const domainOf = (atBoot: boolean): string => (atBoot ? 'system' : `gui/${uid}`)
  const pathOf = (name: string, atBoot: boolean): string =>
    join(libraryOf(atBoot), atBoot ? 'LaunchDaemons' : 'LaunchAgents', `${name}.plist`)
  const logOf = (name: string, atBoot: boolean): string => join(libraryOf(atBoot), 'Logs', `${name}.log`)
  const bootout = (name: string, atBoot: boolean) =>
    ({ command: ['launchctl', 'bootout', `${domainOf(atBoot)}/${name}`], optional: true }) as const
  return {
    install(service): Plan {
      const { name, atBoot } = service
      const path = pathOf(name, atBoot)
      const log = logOf(name, atBoot)
      const account = atBoot ? accountName(env) : undefined
      return {
        file: { path, content: plistOf(service, { log, account, path: env.PATH ?? '' }) },
        steps: [bootout(name, atBoot), { command: ['launchctl', 'bootstrap', domainOf(atBoot), path] }],
        note: `its log is ${log}`,
      }
    },
    control(control, { name, atBoot, follow }): Plan {
      const target = `${domainOf(atBoot)}/${name}`
      // a job with KeepAlive is stopped by unloading it, so a start has to load it first
      const load: Step = {
        command: ['launchctl', 'bootstrap', domainOf(atBoot), pathOf(name, atBoot)],
        optional: true,
      }
      const plans: Readonly<Record<Control, Plan>> = {
        uninstall: { file: { path: pathOf(name, atBoot) }, steps: [bootout(name, atBoot)] },
        start: { steps: [load, { command: ['launchctl', 'kickstart', target] }] },
        stop: { steps: [{ command: ['launchctl', 'bootout', target] }] },
        restart: { steps: [load, { command: ['launchctl', 'kickstart', '-k', target] }] },
        status: { steps: [{ command: ['launchctl', 'print', target] }] },
        logs: {
          steps: [{ command: ['tail', '-n', LOG_LINES, ...(follow ? ['-F'] : []), logOf(name, atBoot)] }],
        },
      }
      return plans[control]
    },
  }
}

function accountName({ SUDO_USER: name }: NodeJS.ProcessEnv): string {
  if (name !== undefined && name !== '' && name !== 'root') return name
  throw new HtpasswdError(
    'ERR_FILE_ACCESS',
    'the guard must not run as root: log in as the account that it should run as, and run this with sudo',
  )
}

type Value = string | true | readonly string[] | { readonly [key: string]: Value | undefined }

interface LaunchdContext {
  readonly log: string
  readonly account: string | undefined
  readonly path: string
}

/** @throws HtpasswdError `ERR_USAGE` for an argument that XML cannot express. */
export function plistOf(service: Service, { log, account, path }: LaunchdContext): string {
  const keys: Value = {
    Label: service.name,
    ProgramArguments: service.program,
    WorkingDirectory: service.folder,
    EnvironmentVariables: service.startsApp ? { PATH: path } : undefined,
    UserName: account,
    RunAtLoad: true,
    // restarted ten seconds after it ended for any reason
    KeepAlive: true,
    ProcessType: 'Interactive',
    StandardOutPath: log,
    StandardErrorPath: log,
  }
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
${render(keys)}
</plist>
`
}

function render(value: Value): string {
  if (value === true) return '<true/>'
  if (typeof value === 'string') return `<string>${xmlText(value)}</string>`
  if (Array.isArray(value)) return `<array>\n${value.map(item => `${render(item)}\n`).join('')}</array>`
  const pairs = Object.entries(value as Record<string, Value | undefined>)
  const lines = pairs.map(([key, item]) => (item === undefined ? '' : `<key>${key}</key>\n${render(item)}\n`))
  return `<dict>\n${lines.join('')}</dict>`
}
