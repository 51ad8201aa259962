// No program that the suite runs writes one of its passwords: suite-output.ts reads along in every file, this is its proof.
import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { runBin } from '../support/run.ts'
import { passwordsIn, programOutputs, suitePasswords } from '../support/suite-output.ts'

test('the passwords are found in the sources', () => {
  expect(suitePasswords.length).toBeGreaterThan(10)
  for (const known of ['correct horse', 'secret-of-ann', 'wonderland'])
    expect(suitePasswords).toContain(known)
})

test('one is found in a text, bare and as a login', () => {
  expect(passwordsIn('nothing here')).toEqual([])
  expect(passwordsIn('user alice: correct horse\n')).toEqual(['correct horse'])
  expect(passwordsIn(`Basic ${Buffer.from('alice:correct horse').toString('base64')}`)).toEqual([
    'correct horse',
  ])
})

test('what our programs write is read along, however they are started', async () => {
  const before = programOutputs.length
  const { stderr } = await runBin(['-b'])
  spawnSync(process.execPath, [programOutputs[before]?.words[1] ?? '', '--version'])
  expect(programOutputs).toHaveLength(before + 2)
  expect(programOutputs[before]?.text).toBe(stderr)
  expect(programOutputs[before + 1]?.text).toMatch(/^htpasswd-kit \d+\.\d+\.\d+/)
})

test('a program that writes the record of -p is left out', async () => {
  const before = programOutputs.length
  expect((await runBin(['-nbp', 'alice', 'wonderland'])).stdout).toContain('wonderland')
  expect(programOutputs).toHaveLength(before)
})
