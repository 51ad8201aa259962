// The library's examples, with one line more: a user whom another program deletes is refused at the next request.
import { describe, expect, test } from 'vitest'
import { runProgram } from '../../build/docs/examples.js'
import { programsOf } from '../../build/docs/markdown.js'
import { readPages } from '../../build/docs/pages.js'
import { bin } from './repository.ts'

/** The line that ends an example of a guard, and a request that it answers. */
const end = 'await guard.close()'
const status = '(await fetch(url, { headers })).status'

const examples = [...readPages()].flatMap(([path, text]) =>
  programsOf(text)
    .filter(
      ({ code }) =>
        code.includes('fetch(url, { headers })') && /HtpasswdFile\.open\(|\.fromFile\(/.test(code),
    )
    .map(({ line, code }) => ({ name: `${path}:${line}`, code })),
)

describe('the examples of a guard', () => {
  test('are there', () => expect(examples.length).toBeGreaterThan(0))

  test.each(examples)('$name', async ({ code }) => {
    const deletion = `;(await import('node:child_process')).spawnSync(process.execPath, [${JSON.stringify(bin)}, '-D', 'users', 'alice'])`
    const { stdout, stderr } = await runProgram(
      code.replace(end, `${deletion}\nconsole.log('after the deletion:', ${status})\n${end}`),
    )
    expect(stderr).toBe('')
    expect(stdout).toContain('after the deletion: 401')
    expect(stdout).not.toContain('after the deletion: 200')
  })
})
