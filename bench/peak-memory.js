// The peak memory of a process that runs the command, as the system counts it.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { environment } from './environment.js'

const bin = fileURLToPath(new URL('../bin/htpasswd.js', import.meta.url))
const measure = `
  process.argv.splice(1, process.argv.length, ...JSON.parse(process.env.BENCH_ARGV))
  process.on('exit', () => console.log(process.resourceUsage().maxRSS))
  await import(process.env.BENCH_BIN)
`

/** In bytes. */
export function peakOf(args) {
  const env = { ...environment, BENCH_BIN: bin, BENCH_ARGV: JSON.stringify([bin, ...args]) }
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', measure], { encoding: 'utf8', env })
  if (run.status !== 0) throw new Error(run.stderr)
  return Number(run.stdout.trim().split('\n').at(-1)) * 1024
}
