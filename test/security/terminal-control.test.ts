// A file or user named after an escape sequence: nothing that a command prints controls the terminal.
import { expect, test } from 'vitest'
import { runBin, withFolder } from '../support/run.ts'

// sets the window's title, clears the screen, C1's CSI, reverses the text that follows
const HOSTILE = 'u\x1b]0;title\x07\x1b[2J\u009b1m\u202e$(reboot)'
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/

const commands: readonly (readonly string[])[] = [
  ['-bs', HOSTILE, 'ann', 'pw'],
  ['-D', HOSTILE, 'nobody'],
  ['-vb', HOSTILE, 'ann', 'wrong'],
  ['-vb', `${HOSTILE}-none`, 'ann', 'pw'],
  ['-bs', 'users', HOSTILE, 'pw'],
  ['-D', 'users', HOSTILE],
  ['-vb', 'users', HOSTILE, 'pw'],
  [`--${HOSTILE}`, 'users', 'ann'],
  ['--generate', HOSTILE, 'users', 'ann', 'pw'],
  ['--password-file', `${HOSTILE}-none`, 'users', 'ann'],
  ['--password-env', HOSTILE, 'users', 'ann'],
  ['--generate-to', HOSTILE, 'users', 'ann'],
  ['list', HOSTILE],
  ['list', HOSTILE, '--json'],
  ['list', `${HOSTILE}-none`],
  ['check', HOSTILE],
  ['check', HOSTILE, '--json'],
  ['check', 'users', '--for', HOSTILE],
  ['fix', HOSTILE, '--dry-run'],
  ['fix', HOSTILE, '--dry-run', '--json'],
  ['fix', HOSTILE],
  ['import', 'users', HOSTILE],
  ['import', HOSTILE, 'users'],
  ['import', 'users', `${HOSTILE}-none`],
  ['serve', `${HOSTILE}-none`, '--demo'],
  ['serve', HOSTILE, HOSTILE],
  ['serve', '--config', HOSTILE],
  ['serve', '--upstream', HOSTILE],
  ['service', HOSTILE],
  ['completion', HOSTILE],
  ['completion', 'bash', '--', HOSTILE, ''],
]

test.skipIf(process.platform === 'win32').each(commands)('htpasswd %j %j %j', (...args) => {
  const bytes = Buffer.from(HOSTILE).toString('latin1')
  const text = `ann:x\n${bytes}:$apr1$$damaged\nann:y`
  return withFolder({ users: text }, async cwd => {
    await runBin(['-cbs', HOSTILE, 'ann', 'pw'], { cwd })
    const { stdout, stderr } = await runBin(
      args.filter(argument => argument !== undefined),
      { cwd },
    )
    const shown = Buffer.from(stdout + stderr, 'latin1').toString()
    expect(shown.match(CONTROL)).toBeNull()
  })
})
