import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { nodeCrypto } from '../../../src/platform/node-crypto.ts'

test('is node:crypto', () => expect(nodeCrypto().createHash).toBe(createHash))

// the built command in a process of its own, for here something has long loaded it
const bin = fileURLToPath(new URL('../../../bin/htpasswd.js', import.meta.url))
const report = `process.on('exit', () => process._rawDebug(process.moduleLoadList.includes('NativeModule crypto')))`

test.each([
  ['{SHA} needs none of it', ['-nbs', 'u', 'p'], 'false\n'],
  ['a salt does', ['-nb', 'u', 'p'], 'true\n'],
])('%s', (_name, words, loaded) => {
  const node = ['--import', `data:text/javascript,${report}`, bin]
  const run = spawnSync(process.execPath, [...node, ...words], { encoding: 'utf8' })
  expect(run.stdout).toMatch(/^u:/)
  expect(run.stderr).toBe(loaded)
})
