// What every manager promises: an installation and its removal are of the same file and the same name.
import { expect, test } from 'vitest'
import { launchd } from '../../../../../src/cli/commands/service/launchd.ts'
import type { ServiceHost } from '../../../../../src/cli/commands/service/plan.ts'
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
  const [installed, removed] = [manager.install({ ...sample, atBoot }), manager.uninstall(name, atBoot)]
  expect(removed.file).toEqual({ path: installed.file?.path })
  expect(installed.file?.content?.length).toBeGreaterThan(100)
  for (const plan of [installed, removed, manager.status(name, atBoot)]) {
    expect(plan.steps.some(({ command }) => command.join(' ').includes(name))).toBe(true)
    expect(plan.steps.some(({ optional }) => !optional)).toBe(plan !== removed || _ !== 'launchd')
  }
})
