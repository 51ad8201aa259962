// Every example of the README is run, and its usage text is the command's own.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const readme = readFileSync(join(root, 'README.md'), 'utf8').replaceAll('\r\n', '\n')
const fences = [...readme.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, text]) => ({
  language,
  text: text ?? '',
}))

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'readme-'))
  mkdirSync(join(folder, 'node_modules'))
  // a junction, so that Windows needs no privilege
  symlinkSync(root, join(folder, 'node_modules', 'htpasswd-kit'), 'junction')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('JavaScript examples', () => {
  const examples = fences.flatMap((fence, i) => {
    const next = fences[i + 1]
    return fence.language === 'js'
      ? [{ code: fence.text, output: next?.language === 'text' ? next.text : '' }]
      : []
  })

  test('are there', () => expect(examples.length).toBeGreaterThan(3))

  test.each(examples.map(one => [one.code.split('\n').find(line => line.includes('(')), one] as const))(
    '%s',
    (_name, example) => {
      writeFileSync(join(folder, 'example.mjs'), example.code)
      const run = spawnSync(process.execPath, ['example.mjs'], { cwd: folder, encoding: 'utf8' })
      expect(run.stderr).toBe('')
      expect(run.stdout).toBe(example.output)
    },
  )
})

describe.skipIf(process.platform === 'win32')('sessions at a shell', () => {
  test.each(
    fences
      .filter(({ language }) => language === 'console')
      .map(({ text }) => [text.split('\n')[0], text] as const),
  )('%s', (_name, text) => {
    writeFileSync(
      join(folder, 'htpasswd'),
      `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'bin/htpasswd.js')}" "$@"\n`,
      { mode: 0o755 },
    )
    const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` }
    for (const [, command = '', output = ''] of text.matchAll(/^\$ (.*)\n((?:(?!\$ ).*\n)*)/gm)) {
      const run = spawnSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8', env })
      expect({ command, output: run.stdout + run.stderr }).toEqual({ command, output })
    }
  })
})

test('what is made from the command’s tables is up to date', () => {
  const fill = join(root, 'docs', 'fill-readme.js')
  const { stderr, status } = spawnSync(process.execPath, [fill, '--check'], { encoding: 'utf8' })
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
})

test('the two lines do what they say', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  expect(readme).toContain('npm ci && npm start\n')
  expect(readme).toContain('npm ci && npm test\n')
  expect(scripts.start).toBe('node bin/start.js')
  expect(scripts.prestart).toContain('build')
  expect(scripts.pretest).toContain('build')
})
