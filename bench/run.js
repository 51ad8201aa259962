// Runs every bench in this folder in turn, each in a process of its own.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const shared = [
  'c-crypt.js',
  'environment.js',
  'guard-servers.js',
  'interleaved.js',
  'peak-memory.js',
  'requests.js',
  'run.js',
]
const benches = readdirSync(import.meta.dirname).filter(
  name => name.endsWith('.js') && !shared.includes(name),
)

for (const name of benches.sort()) {
  const { status } = spawnSync(process.execPath, [fileURLToPath(new URL(name, import.meta.url))], {
    stdio: 'inherit',
  })
  if (status !== 0) process.exitCode = 1
}
