// The environment of a bench: prints the machine, without which a number says nothing, and names missing programs.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'

export function printEnvironment(title) {
  const cpu = cpus()[0]?.model ?? 'unknown CPU'
  const date = new Date().toISOString().slice(0, 10)
  console.log(`\n${title}`)
  console.log(
    `Node ${process.version} (OpenSSL ${process.versions.openssl}), ${process.platform} ${process.arch}`,
  )
  console.log(`${cpu}, ${availableParallelism()} usable cores, ${date}\n`)
}

// Node 20 decodes these certificates at each start: 40 ms for a system's usual ones, more than what is measured
const { NODE_EXTRA_CA_CERTS: _, ...environment } = process.env

/** The environment variables for measured programs: those of this process, without what slows every start of Node. */
export { environment }

/** A folder that is removed when the bench ends. */
export function temporaryFolder(name) {
  const folder = mkdtempSync(join(tmpdir(), `bench-${name}-`))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Ends the bench with the names of the missing programs, if any is missing. */
export function requirePrograms(...names) {
  const missing = names.filter(name => spawnSync(name, ['-v']).error !== undefined)
  if (missing.length === 0) return
  console.error(`expected these programs on the PATH, install them first: ${missing.join(', ')}`)
  process.exit(1)
}
