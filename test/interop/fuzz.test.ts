// A short run of the fuzz script; the long one is `node test/interop/fuzz-guard.js`.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

test.skipIf(process.platform !== 'linux')(
  'ten seconds of broken HTTP: no crash, no hang, memory flat',
  () => {
    const script = fileURLToPath(new URL('./fuzz-guard.js', import.meta.url))
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, '10'], {
      encoding: 'utf8',
      timeout: 60_000,
    })
    expect(stdout + stderr).not.toContain('FAULT')
    expect(status).toBe(0)
  },
)
