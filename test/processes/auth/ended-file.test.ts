// The file of ended sessions beside the secret: several servers of one machine or one volume may share it.
import { expect, test } from 'vitest'
import { EndedFile } from '../../../src/auth/sessions/ended-file.ts'
import { EndedList } from '../../../src/auth/sessions/ended-sessions.ts'
import { builtModule, scratch, startScript } from '../../support/scratch.ts'

const temporary = scratch()

test('two servers that start again and again while users sign out lose no sign-out', async () => {
  const [rounds, signOuts] = [25, 8]
  // each start finds sessions that are over, and so writes the file anew
  const server = `
    const { EndedFile } = await import(${builtModule('auth/sessions/ended-file.js')})
    const { EndedList } = await import(${builtModule('auth/sessions/ended-sessions.js')})
    const [path, letter] = args
    for (let round = 0; round < ${rounds}; round++) {
      const file = new EndedFile(path, new EndedList(Date.now), error => { throw error })
      const end = (name, until) => file.add({ id: (letter + name).padEnd(22, '_'), signedInAt: 1, until })
      await Promise.all(Array.from({ length: ${signOuts} }, (_, i) => [
        end('over-' + round + '-' + i, Date.now()),
        end(round + '-' + i, Date.now() + 3_600_000),
      ]).flat())
    }`
  const servers = ['a', 'b'].map(letter => startScript(server, temporary.file, letter))
  for (const { ended } of servers) expect(await ended).toMatchObject({ status: 0, stderr: '' })
  const list = new EndedList(Date.now)
  new EndedFile(temporary.file, list, error => {
    throw error
  })
  const expected = ['a', 'b'].flatMap(letter =>
    Array.from({ length: rounds * signOuts }, (_, n) =>
      `${letter}${Math.floor(n / signOuts)}-${n % signOuts}`.padEnd(22, '_'),
    ),
  )
  expect(expected.filter(id => !list.has(id, 1))).toEqual([])
})
