// Where a figure was measured: every bench prints this first, for a number without its machine says nothing.
import { availableParallelism, cpus } from 'node:os'

export function printEnvironment(title) {
  const cpu = cpus()[0]?.model ?? 'unknown CPU'
  const date = new Date().toISOString().slice(0, 10)
  console.log(`\n${title}`)
  console.log(
    `Node ${process.version} (OpenSSL ${process.versions.openssl}), ${process.platform} ${process.arch}`,
  )
  console.log(`${cpu}, ${availableParallelism()} usable cores, ${date}\n`)
}
