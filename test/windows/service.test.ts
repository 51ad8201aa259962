// The task on Windows: a Task Scheduler takes it and lets it go. Here it is Wine's, which reads the file but looks only at
// a part of its elements, and starts nothing: what the task does, only a real Windows can show.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { quoteForWindows } from '../../src/cli/commands/service/windows-task.ts'
import { withFolder } from '../support/run.ts'
import { words } from '../support/service-samples.ts'
import { wineEnvironment } from './make-windows.js'
import { isWindows, noWindows, onWindows, runWindows, runWindowsBin, windowsPath } from './windows.ts'

const taskFile = (name: string): string =>
  join(wineEnvironment.WINEPREFIX, 'drive_c', 'windows', 'system32', 'tasks', name)
const serve = ['users', '--upstream', 'http://127.0.0.1:5000', '--realm', 'R&D "lab" <1>']

const noScheduler = isWindows ? 'on a real one it would leave a task behind when it fails' : noWindows

onWindows(
  'Task Scheduler',
  () => {
    test.each([
      ['at log-on', ['--user']],
      ['at boot', []],
    ])('takes the task %s and lets it go', async (_, words) => {
      await withFolder({ users: 'ann:x\n' }, async cwd => {
        const name = `htpasswd-test-${words.length}`
        const service = (action: string, ...more: string[]) =>
          runWindowsBin(['service', action, ...more, '--name', name, ...words], { cwd })
        const done = await service('install', ...serve)
        expect(done).toMatchObject({ status: 0, stderr: `${name} is installed and started\n` })
        const kept = readFileSync(taskFile(name), 'utf8')
        // Windows' own defaults are three days, and true
        expect(kept).toContain('<ExecutionTimeLimit>PT0S</ExecutionTimeLimit>')
        expect(kept).toContain('<DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>')
        expect((await service('status')).status).toBe(0)
        expect((await service('uninstall')).status).toBe(0)
        expect(existsSync(taskFile(name))).toBe(false)
      })
    })

    test.each([
      ['another document', /Task(?=[ >])/g, 'Job'],
      ['a value that is none', />false</g, '>perhaps<'],
    ])('would refuse %s', async (_, right, wrong) => {
      await withFolder({ users: 'ann:x\n' }, async cwd => {
        const { stdout } = await runWindowsBin(['service', 'install', ...serve, '--print'], { cwd })
        const file = join(cwd, 'task.xml')
        writeFileSync(file, `\ufeff${stdout.replaceAll(right, wrong)}`, 'utf16le')
        const made = await runWindows('schtasks', [
          '/create',
          '/tn',
          'wrong',
          '/xml',
          windowsPath(file),
          '/f',
        ])
        expect(made.status).not.toBe(0)
      })
    })
  },
  noScheduler,
)

onWindows('the command line of a task', () => {
  test('is split on Windows into the words that were meant', async () => {
    await withFolder({}, async cwd => {
      const samples = fc.sample(words, 60).flat()
      // what Task Scheduler does: it hands over the line as it is
      const caller = `const { readFileSync } = require('node:fs')
require('node:child_process').spawnSync(process.execPath, ['called.cjs', readFileSync('line', 'utf8')], {
  windowsVerbatimArguments: true, stdio: 'ignore' })`
      writeFileSync(join(cwd, 'caller.cjs'), caller)
      writeFileSync(
        join(cwd, 'called.cjs'),
        "require('node:fs').writeFileSync('words', JSON.stringify(process.argv.slice(2)))",
      )
      writeFileSync(join(cwd, 'line'), samples.map(quoteForWindows).join(' '))
      await runWindows('node', ['caller.cjs'], { cwd })
      expect(JSON.parse(readFileSync(join(cwd, 'words'), 'utf8'))).toEqual(samples)
    })
  })
})
