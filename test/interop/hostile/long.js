// The corpus and random combinations of it for as long as you like: `node test/interop/hostile/long.js [SECONDS] [SEED]`, 600 by
// default, after `npm run build`. It prints the seed; the same one sends the same requests.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const [seconds = '600', seed = String(Date.now() % 1_000_000)] = process.argv.slice(2)
const vitest = fileURLToPath(new URL('../../../node_modules/vitest/vitest.mjs', import.meta.url))
const { status } = spawnSync(process.execPath, [vitest, 'run', 'test/interop/hostile.test.ts'], {
  cwd: fileURLToPath(new URL('../../..', import.meta.url)),
  env: { ...process.env, HOSTILE_SECONDS: seconds, HOSTILE_SEED: seed },
  stdio: 'inherit',
})
process.exitCode = status ?? 1
