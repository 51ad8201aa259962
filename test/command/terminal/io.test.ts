// The real surroundings, seen from outside: the built command with pipes that are read late, closed or missing.
import { spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { processIo } from '../../../src/cli/terminal/io.ts'

const bin = fileURLToPath(new URL('../../../bin/htpasswd.js', import.meta.url))
const run = (words: string[], input: string | Buffer) =>
  spawnSync(process.execPath, [bin, ...words], { input, encoding: 'latin1' })

test('it is this process’s', () => {
  expect(processIo.platform).toBe(process.platform)
  expect(processIo.env).toBe(process.env)
})

test('input that comes in pieces is read whole', async () => {
  const child = spawn(process.execPath, [bin, '-nis', 'u'], { stdio: ['pipe', 'pipe', 'inherit'] })
  const output = new Promise<string>(resolve => child.stdout.once('data', data => resolve(String(data))))
  child.stdin.write('p')
  await new Promise(resolve => child.stdin.write('w', resolve))
  child.stdin.end('\n')
  expect(await output).toBe('u:{SHA}GpHWL3ymc5liWkNopqtdSjuqYHM=\n\n')
})

test('-i reads no more of an endless input than it needs', () => {
  expect(run(['-nis', 'u'], Buffer.alloc(1 << 20, 'x'))).toMatchObject({ status: 5, stdout: '' })
})

test.skipIf(process.platform === 'win32')('a reader that has gone is no crash', () => {
  const { stderr } = spawnSync(
    'sh',
    ['-c', `"$0" "$1" -nbs u p | true; "$0" "$1" -nbs u p >&-`, process.execPath, bin],
    { encoding: 'utf8' },
  )
  expect(stderr).toBe('')
})

test('standard output has nothing but the record', () => {
  expect(run(['-ns', 'u'], 'pw\npw\n')).toMatchObject({
    stdout: 'u:{SHA}GpHWL3ymc5liWkNopqtdSjuqYHM=\n\n',
    stderr: 'New password: Re-type new password: ',
  })
})
