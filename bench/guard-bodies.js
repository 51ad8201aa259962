// 2 GB down and up through the guard and through nginx: MB per second, ratio, and peak memory of the server.
import { execFile } from 'node:child_process'
import { closeSync, ftruncateSync, openSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { hashPassword } from '../dist/index.js'
import { printEnvironment, requirePrograms, temporaryFolder } from './environment.js'
import { residentMegabytes, startGuard, startNginx, startUpstream } from './guard-servers.js'

requirePrograms('nginx', 'curl')

const MEGABYTES = Number(process.env.BENCH_MB ?? 2048)
const folder = temporaryFolder('bodies')
const users = join(folder, 'users')
writeFileSync(users, `alice:${await hashPassword('x', { format: 'sha1' })}\n`)
const large = join(folder, 'large.bin')
const handle = openSync(large, 'w')
ftruncateSync(handle, MEGABYTES * 1024 * 1024)
closeSync(handle)

/** Discards uploads. */
const sink = createServer((request, response) => request.resume().on('end', () => response.end()))
sink.requestTimeout = 0
await new Promise(resolve => sink.listen(0, '127.0.0.1', resolve))

async function transfer(server, args) {
  let peak = 0
  const watch = setInterval(() => {
    peak = Math.max(peak, residentMegabytes(server.pid))
  }, 100)
  try {
    const seconds = await new Promise((resolve, reject) => {
      execFile(
        'curl',
        [
          '-sf',
          '-o',
          '/dev/null',
          '-u',
          'alice:x',
          '-w',
          '%{time_total}',
          ...args,
          `http://127.0.0.1:${server.port}/large.bin`,
        ],
        (error, output) => (error ? reject(error) : resolve(Number(output))),
      )
    })
    return { rate: MEGABYTES / seconds, peak }
  } finally {
    clearInterval(watch)
  }
}

printEnvironment(`${MEGABYTES} MB through each (at least 0.5 x nginx, under 200 MB of memory)`)
const upstream = await startUpstream(folder)
for (const [name, port, args] of [
  ['down', upstream.port, []],
  ['up', sink.address().port, ['-T', large, '-H', 'Expect:']],
]) {
  const results = {}
  for (const start of [startGuard, startNginx]) {
    const server = await start(folder, users, port)
    results[server.name] = await transfer(server, args)
    await server.stop()
  }
  const { guard, nginx } = results
  const show = one => `${one.rate.toFixed(0)} MB/s, at most ${one.peak.toFixed(0)} MB held`
  console.log(
    `${name.padEnd(5)} guard ${show(guard)} | nginx ${show(nginx)} | ${(guard.rate / nginx.rate).toFixed(2)} x`,
  )
}
await upstream.stop()
sink.closeAllConnections()
sink.close()
