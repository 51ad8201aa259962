// The file of the access log: appended to, and reopened after a rotation.
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { LogFile } from '../../../../../../src/cli/commands/serve/listen/log-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'log-file-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const write = (log: LogFile, text: string) => new Promise(resolve => log.write(text, resolve))

test.skipIf(process.platform === 'win32')('reopen goes on in a new file', async () => {
  const path = join(folder, 'access.log')
  writeFileSync(path, 'before\n')
  const log = new LogFile(path, () => {})
  await write(log, 'one\n')
  renameSync(path, `${path}.1`)
  await write(log, 'two\n')
  log.reopen()
  await write(log, 'three\n')
  log.end()
  expect(readFileSync(`${path}.1`, 'utf8')).toBe('before\none\ntwo\n')
  expect(readFileSync(path, 'utf8')).toBe('three\n')
  expect(statSync(path).mode & 0o007).toBe(0)
})

test('a file that cannot be opened is an error at the start, and a warning at a rotation', async () => {
  const missing = join(folder, 'missing')
  expect(() => new LogFile(join(missing, 'log'), () => {})).toThrow(/^--log-file: cannot write .*ENOENT/)
})
