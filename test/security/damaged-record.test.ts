// A damaged record must not freeze the whole list: users who are deleted later are refused all the same. Emptying the hash is a
// usual way to lock somebody out, and a guess about half-written files kept every later change from counting.
import { renameSync, writeFileSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openUsers } from '../../src/cli/commands/serve/login/users.ts'
import { hashPassword } from '../../src/hash/hash-password.ts'
import { withUsers } from '../support/password-file.ts'

const hash = await hashPassword('geheim', { format: 'apr1' })

test.each([
  ['emptied', 'alice:\n'],
  ['cut short', `alice:${hash.slice(0, 12)}\n`],
  ['cut short, without a newline', `alice:${hash.slice(0, 12)}`],
])('a record %s, by rename and in place; then another user is deleted', (_, damaged) =>
  withUsers(`bob:${hash}\nalice:${hash}\n`, async file => {
    const users = await openUsers(file)
    const replace = async (text: string): Promise<void> => {
      writeFileSync(`${file}.new`, text)
      renameSync(`${file}.new`, file)
      await turn()
    }
    const write = async (text: string): Promise<void> => {
      writeFileSync(file, text)
      await turn()
    }
    await replace(`bob:${hash}\n${damaged}`)
    expect([users.get('bob'), users.get('alice')]).toEqual([hash, /^alice:(.*)/.exec(damaged)?.[1]])
    await replace(damaged)
    expect(users.get('bob')).toBeUndefined()
    await replace(`bob:${hash}\nalice:${hash}\n`)
    await write(`bob:${hash}\n${damaged}`)
    expect(users.get('bob')).toBe(hash)
    await write(damaged)
    expect(users.get('bob')).toBeUndefined()
  }),
)
