// What a bench runs in: it prints the machine first, for a number without it says nothing, and names missing programs.
import { spawnSync } from 'node:child_process'
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

// Node 20 decodes these at each start, 40 ms for a system's usual ones, which would hide what is measured
const { NODE_EXTRA_CA_CERTS: _, ...environment } = process.env

/** For the programs that are measured: this one's, without what makes every start of Node slow. */
export { environment }

/** Ends the bench with a word on what is missing, where a program that it compares with or measures by is. */
export function requirePrograms(...names) {
  const missing = names.filter(name => spawnSync(name, ['-v']).error !== undefined)
  if (missing.length === 0) return
  console.error(`expected these programs on the PATH, install them first: ${missing.join(', ')}`)
  process.exit(1)
}
