// Writers in containers: each PID namespace has its own process ids, so an id says nothing about a writer in another one.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { rootSkipReason, usersIn } from '../support/changes.ts'
import { bin, scratch } from '../support/scratch.ts'

const place = scratch()

/** Runs a shell script in PID and mount namespaces of its own, as in a container. @returns status and output. */
async function inNamespaces(script: string): Promise<{ status: number | null; stderr: string }> {
  const env = { ...process.env, NODE: process.execPath, BIN: bin, FILE: place.file }
  const child = spawn('unshare', ['--pid', '--fork', '--mount-proc', 'sh', '-c', script], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', text => {
    stderr += text
  })
  const [status] = await once(child, 'close')
  return { status, stderr }
}

const missing = rootSkipReason('unshare')

test.skipIf(missing)('40 writers in 4 PID and mount namespaces: none lost, none failed', async () => {
  const seed = Array.from({ length: 20_000 }, (_, i) => `seed${i}:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n`)
  writeFileSync(place.file, seed.join(''))
  const spaces = ['p', 'q', 'r', 's']
  const numbers = Array.from({ length: 10 }, (_, i) => i)
  const runs = await Promise.all(
    spaces.map(space => {
      const writers = numbers.map(i => `"$NODE" "$BIN" -bs "$FILE" ${space}${i} pw & pids="$pids $!"`)
      return inNamespaces(
        `${writers.join('\n')}\nfailed=0\nfor pid in $pids; do wait "$pid" || failed=1; done\nexit $failed`,
      )
    }),
  )
  expect(
    runs.map(({ status, stderr }) => ({ status, stderr: stderr.replace(/^Adding .*\n/gm, '') })),
  ).toEqual(spaces.map(() => ({ status: 0, stderr: '' })))
  const added = usersIn(readFileSync(place.file, 'utf8')).filter(user => !user.startsWith('seed'))
  expect(added.sort()).toEqual(spaces.flatMap(space => numbers.map(i => `${space}${i}`)))
  expect(place.names()).toEqual(['f'])
})

test.skipIf(missing)('the lock of a writer that was killed in another namespace is taken over', async () => {
  writeFileSync(place.file, 'a:1\n')
  // the first process of a namespace takes all others with it
  const killed = `"$NODE" --input-type=module -e '
    import { HtpasswdFile } from "'"$DIST"'"
    await HtpasswdFile.update(process.env.FILE, () => process.kill(process.pid, "SIGKILL"))' || true`
  process.env.DIST = new URL('../../dist/index.js', import.meta.url).href
  await inNamespaces(killed)
  expect(place.names()).toEqual(['f', 'f.htpasswd-lock'])
  const next = await inNamespaces('"$NODE" "$BIN" -bs "$FILE" b pw')
  expect(next).toEqual({ status: 0, stderr: 'Adding password for user b\n' })
  expect([usersIn(readFileSync(place.file, 'utf8')), place.names()]).toEqual([['a', 'b'], ['f']])
})
