// What every manager promises: an installation and its removal are of the same file and the same name.
import { expect, test } from 'vitest'
import { launchd } from '../../../../../src/cli/commands/service/launchd.ts'
import type { Control, ServiceHost, ServiceManager } from '../../../../../src/cli/commands/service/plan.ts'
import { systemd } from '../../../../../src/cli/commands/service/systemd.ts'
import { taskScheduler } from '../../../../../src/cli/commands/service/windows-task.ts'
import { sample } from '../../../../support/service-samples.ts'

const host: ServiceHost = { env: { SUDO_USER: 'ann', TEMP: 'C:\\Temp' }, home: '/home/ann', uid: 1000 }

test.each([
  ['systemd', systemd(host)],
  ['launchd', launchd(host)],
  ['Task Scheduler', taskScheduler(host)],
])('%s', (_, manager) => {
  // systemd looks at the files of a service for the machine, and these are not there
  const atBoot = manager !== undefined && _ !== 'systemd'
  const { name } = sample
  const service = { name, atBoot, follow: false }
  const [installed, removed] = [manager.install({ ...sample, atBoot }), manager.control('uninstall', service)]
  expect(removed.file).toEqual({ path: installed.file?.path })
  expect(installed.file?.content?.length).toBeGreaterThan(100)
  for (const control of ['start', 'stop', 'restart'] as const)
    expect(manager.control(control, service).file).toBeUndefined()
  for (const plan of [installed, removed, manager.control('status', service)]) {
    expect(plan.steps.some(({ command }) => command.join(' ').includes(name))).toBe(true)
    expect(plan.steps.some(({ optional }) => !optional)).toBe(plan !== removed || _ === 'Task Scheduler')
  }
})

const lines = (manager: ServiceManager, control: Control, follow = false): string[] =>
  manager.control(control, { name: 'x', atBoot: false, follow }).steps.map(({ command }) => command.join(' '))

test.each<[string, ServiceManager, Control, string[]]>([
  ['systemd', systemd(host), 'start', ['systemctl --user start x']],
  ['systemd', systemd(host), 'stop', ['systemctl --user stop x']],
  ['systemd', systemd(host), 'restart', ['systemctl --user restart x']],
  ['systemd', systemd(host), 'logs', ['journalctl --user-unit x --no-pager -n 100']],
  [
    'launchd',
    launchd(host),
    'start',
    ['launchctl bootstrap gui/1000 /home/ann/Library/LaunchAgents/x.plist', 'launchctl kickstart gui/1000/x'],
  ],
  ['launchd', launchd(host), 'stop', ['launchctl bootout gui/1000/x']],
  ['launchd', launchd(host), 'logs', ['tail -n 100 /home/ann/Library/Logs/x.log']],
  ['Task Scheduler', taskScheduler(host), 'stop', ['schtasks /change /tn x /disable', 'schtasks /end /tn x']],
  [
    'Task Scheduler',
    taskScheduler(host),
    'restart',
    ['schtasks /change /tn x /enable', 'schtasks /end /tn x', 'schtasks /run /tn x'],
  ],
])('%s: %3$s', (_, manager, control, commands) => {
  expect(lines(manager, control).map(line => line.replaceAll('\\', '/'))).toEqual(commands)
})

test('logs --follow keeps printing; Windows keeps no output of a task', () => {
  expect(lines(systemd(host), 'logs', true)[0]).toMatch(/ -f$/)
  expect(lines(launchd(host), 'logs', true)[0]).toContain(' -F ')
  expect(() => lines(taskScheduler(host), 'logs')).toThrow('Task Scheduler keeps no output of a task')
})
