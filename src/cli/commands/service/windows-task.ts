// The guard as a task of Windows' Task Scheduler, in its XML (learn.microsoft.com, "Task Scheduler Schema") for schtasks.
import { join } from 'node:path'
import { HtpasswdError } from '../../../errors.ts'
import type { Control, Plan, Service, ServiceHost, ServiceManager, Step } from './plan.ts'
import { xmlText } from './xml.ts'

export function taskScheduler({ env }: ServiceHost): ServiceManager {
  const pathOf = (name: string): string => join(env.LOCALAPPDATA || env.TEMP || '.', `${name}.task.xml`)
  return {
    install(service): Plan {
      const { name } = service
      const path = pathOf(name)
      // the encoding in which Windows exports tasks: UTF-16 with a byte order mark
      const content = Buffer.from(`\ufeff${taskOf(service, accountName(env))}`, 'utf16le')
      return {
        file: { path, content },
        steps: [
          { command: ['schtasks', '/end', '/tn', name], optional: true },
          { command: ['schtasks', '/create', '/tn', name, '/xml', path, '/f'] },
          { command: ['schtasks', '/run', '/tn', name] },
        ],
      }
    },
    control(control, { name }): Plan {
      if (control === 'logs') {
        throw new HtpasswdError(
          'ERR_USAGE',
          'Task Scheduler keeps no output of a task; its own events are in: eventvwr, "Task Scheduler"',
        )
      }
      const end: Step = { command: ['schtasks', '/end', '/tn', name], optional: true }
      const run: Step = { command: ['schtasks', '/run', '/tn', name] }
      // the trigger starts the task each minute, unless it is disabled
      const change = (how: '/enable' | '/disable'): Step => ({
        command: ['schtasks', '/change', '/tn', name, how],
      })
      const plans: Readonly<Record<Exclude<Control, 'logs'>, Plan>> = {
        uninstall: {
          file: { path: pathOf(name) },
          steps: [end, { command: ['schtasks', '/delete', '/tn', name, '/f'] }],
        },
        start: { steps: [change('/enable'), run] },
        stop: { steps: [change('/disable'), end] },
        restart: { steps: [change('/enable'), end, run] },
        status: { steps: [{ command: ['schtasks', '/query', '/v', '/fo', 'list', '/tn', name] }] },
      }
      return plans[control]
    },
  }
}

const accountName = ({ USERDOMAIN: domain, USERNAME: name = '' }: NodeJS.ProcessEnv): string =>
  domain ? `${domain}\\${name}` : name

/** @throws HtpasswdError `ERR_USAGE` for an argument that a task cannot express. */
export function taskOf({ atBoot, describe, program, folder }: Service, account: string): string {
  const [command = '', ...args] = program
  for (const word of [...program, folder]) rejectVariables(word)
  // S4U: no password and no session, so no window; setting it up needs an elevated prompt
  const logon = atBoot ? 'S4U' : 'InteractiveToken'
  const trigger = atBoot ? 'BootTrigger' : 'LogonTrigger'
  const whose = atBoot ? '' : `\n      <UserId>${xmlText(account)}</UserId>`
  return `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>htpasswd serve: ${xmlText(describe)}</Description>
  </RegistrationInfo>
  <Triggers>
    <${trigger}>
      <Repetition>
        <Interval>PT1M</Interval>
        <StopAtDurationEnd>false</StopAtDurationEnd>
      </Repetition>${whose}
    </${trigger}>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>${xmlText(account)}</UserId>
      <LogonType>${logon}</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>${xmlText(command)}</Command>
      <Arguments>${xmlText(args.map(quoteForWindows).join(' '))}</Arguments>
      <WorkingDirectory>${xmlText(folder)}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
`
}

/** The scheduler replaces these in command, arguments and folder, and there is no way to escape them. */
function rejectVariables(word: string): void {
  const [found] = /%[^%]+%|\$\(/.exec(word) ?? []
  if (found === undefined) return
  throw new HtpasswdError(
    'ERR_USAGE',
    `Task Scheduler would replace ${found} in ${JSON.stringify(word)}; put that option into a --config file`,
  )
}

/** For CommandLineToArgvW and the C runtime: quotes are escaped, and the backslashes before them. */
export function quoteForWindows(word: string): string {
  if (/^[^\s"]+$/.test(word)) return word
  return `"${word.replace(/(\\*)"/g, '$1$1\\"').replace(/\\+$/, '$&$&')}"`
}
