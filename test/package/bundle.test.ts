// The library inside somebody's bundle, where the files of its threads are missing.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'rolldown'
import { afterAll, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'bundle-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each(['esm', 'cjs'] as const)('one file of the format %s checks short and long hashes', async format => {
  const input = join(folder, `${format}.mjs`)
  const library = fileURLToPath(new URL('../../dist/index.js', import.meta.url))
  writeFileSync(
    input,
    `import { Authenticator, hashPassword, verifyPassword } from ${JSON.stringify(library)}
    const main = async () => {
      const answers = []
      for (const options of [{ format: 'apr1' }, { format: 'des' }, { cost: 9 }]) {
        const hash = await hashPassword('geheim', options)
        const authenticator = new Authenticator(() => hash)
        const check = async password =>
          (await authenticator.authenticate({ username: Buffer.from('a'), password: Buffer.from(password) })).ok
        answers.push(await verifyPassword('geheim', hash), await verifyPassword('falsch', hash))
        answers.push(await check('geheim'), await check('falsch'))
        await authenticator[Symbol.asyncDispose]()
      }
      console.log(JSON.stringify(answers))
    }
    main()`,
  )
  const file = join(folder, format === 'esm' ? 'bundle.mjs' : 'bundle.cjs')
  await build({ input, platform: 'node', logLevel: 'silent', output: { file, format, codeSplitting: false } })
  const run = spawnSync(process.execPath, [file], { encoding: 'utf8', timeout: 60_000 })
  expect(run.stderr.match(/HTPASSWD_NO_THREADS/g)).toHaveLength(1)
  expect(run.stderr).toContain('keep the package htpasswd-kit external')
  expect(JSON.parse(run.stdout)).toEqual([1, 2, 3].flatMap(() => [true, false, true, false]))
})
