// The library's examples, with one line more: a user whom another program deletes is refused at the next request.
import { describe, expect, test } from 'vitest'
import { runProgram } from '../../build/docs/examples.js'
import { programsOf } from '../../build/docs/markdown.js'
import { readPages } from '../../build/docs/pages.js'
import { bin } from './repository.ts'

/** The names of the doors, with the first line that ends an example of each, and a request that it answers. */
const doors: Readonly<Record<string, readonly [end: string, status: string]>> = {
  fastifyBasicAuth: ['await app.close()', "(await app.inject({ url: '/', headers })).statusCode"],
  fetchBasicAuth: [
    'await authenticator[Symbol.asyncDispose]()',
    "(await app.request('/', { headers })).status",
  ],
  createGuard: ['await guard.close()', '(await fetch(url, { headers })).status'],
  basicAuth: [
    'server.close()',
    "(await fetch('http://127.0.0.1:' + server.address().port, " +
      "{ headers: { authorization: 'Basic ' + btoa('alice:wonderland') } })).status",
  ],
}

const examples = [...readPages()].flatMap(([path, text]) =>
  programsOf(text)
    .filter(
      ({ code }) =>
        code.includes('HtpasswdFile.open(') &&
        /import [^']*\b(\w+BasicAuth|basicAuth|createGuard)\b/.test(code),
    )
    .map(({ code }) => {
      const door = Object.keys(doors).find(name => code.includes(name)) ?? ''
      return { name: `${path}: ${door}`, door, code }
    }),
)

describe('the examples with a login', () => {
  test('are those of every door', () => {
    expect(new Set(examples.map(({ door }) => door))).toEqual(new Set(Object.keys(doors)))
  })

  test.each(examples)('$name', async ({ door, code }) => {
    const [end, status] = doors[door] as readonly [string, string]
    expect(code).toContain(end)
    const deletion = `;(await import('node:child_process')).spawnSync(process.execPath, [${JSON.stringify(bin)}, '-D', 'users', 'alice'])`
    const { stdout, stderr } = await runProgram(
      code.replace(end, `${deletion}\nconsole.log('after the deletion:', ${status})\n${end}`),
    )
    expect(stderr).toBe('')
    expect(stdout).toContain('after the deletion: 401')
    expect(stdout).not.toContain('after the deletion: 200')
  })
})
