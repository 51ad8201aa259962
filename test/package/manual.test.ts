// The manual page: no fault in it for mandoc's reader, and all that the tables say can be read in it.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { classicOptions, synopsis } from '../../src/cli/apache/grammar.ts'
import { commands } from '../../src/cli/commands.ts'
import { examples } from '../../src/cli/help.ts'
import { passwordOptions } from '../../src/cli/password/options.ts'
import { findProgram, skipReason } from '../support/outside-program.ts'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const mandoc = findProgram('mandoc')
const missing = skipReason({ mandoc })
/** As the build has made it; `npm test` builds first. */
const page = join(root, 'man', 'htpasswd.1')
const run = (program: string, ...words: string[]) => spawnSync(program, words, { encoding: 'utf8' })

test.skipIf(missing)('mandoc -Tlint finds nothing', () => {
  expect(run(mandoc as string, '-Tlint', page)).toMatchObject({ stdout: '', stderr: '', status: 0 })
})

const groff = findProgram('groff')
test.skipIf(skipReason({ groff }))('groff finds nothing', () => {
  expect(run(groff as string, '-man', '-ww', '-Tutf8', page).stderr).toBe('')
})

test.skipIf(skipReason({ groff }))('in the C locale it fits 80 columns, and no character is missing', () => {
  const { stdout, stderr } = run(groff as string, '-man', '-ww', '-Tascii', '-P-c', '-rLL=80n', page)
  expect(stderr).toBe('')
  const text = stdout.replace(/.\x08/g, '')
  expect(text.split('\n').filter(line => line.length > 80)).toEqual([])
  for (const section of ['EXIT STATUS', 'SIGNALS', 'FILES', 'ENVIRONMENT', 'LOG FORMAT'])
    expect(text).toContain(`\n${section}\n`)
})

test.skipIf(missing)('it contains every form, option, command and example', async () => {
  // without overstriking, and as one line
  const text = run(mandoc as string, '-Tutf8', page)
    .stdout.replace(/.\x08/gu, '')
    .replace(/\s+/g, ' ')
  const expected = [
    ...synopsis,
    ...classicOptions.map(({ letter, describe }) => `-${letter} ${describe.join(' ')}`),
    ...Object.entries(passwordOptions).flatMap(([name, row]) => [`--${name} ${row.argument}`, row.describe]),
    ...examples.flat(),
  ]
  for (const { load } of commands) {
    const { spec } = await load()
    expected.push(spec.describe, ...spec.synopsis.map(form => `htpasswd ${spec.name} ${form}`.trimEnd()))
    for (const [name, { describe, argument }] of Object.entries(spec.options))
      expected.push(`--${name}${argument ? ` ${argument}` : ''}`, describe)
  }
  for (const part of expected) expect(text).toContain(part.replace(/\s+/g, ' ').replaceAll('…', '...'))
})

test('the package has it where npm expects it', () => {
  const { man, files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  expect(man).toBe('man/htpasswd.1')
  expect(files).toContain('man')
  expect(readFileSync(join(root, man), 'utf8')).toContain('.TH HTPASSWD 1 ')
})
