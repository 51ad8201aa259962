// The table of commands: every row loads, says what it is, and answers --help.
import { expect, test } from 'vitest'
import { commands } from '../../../src/cli/commands.ts'
import { help } from '../../../src/cli/help.ts'
import { main } from '../../../src/cli/main.ts'
import { actionOf } from '../../../src/cli/options/actions.ts'
import { parseOptions } from '../../../src/cli/options/values.ts'
import { recordedIo } from '../../support/recorded-io.ts'

test('names are words that no two rows share', () => {
  const names = commands.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  for (const name of names) expect(name).toMatch(/^[a-z]+$/)
})

test.each(commands)(
  '$name has a specification of its name, and its options a description and a good default',
  async row => {
    const { spec } = await row.load()
    expect(spec.name).toBe(row.name)
    expect(row.describe).toMatch(/^[a-z].{20,80}[^.]$/)
    for (const option of Object.values(spec.options)) {
      expect(option.describe).not.toBe('')
      expect(option.argument === undefined).toBe(option.read === undefined)
      if (option.default !== undefined) expect(option.read?.(option.default)).toBeDefined()
    }
  },
)

test.each(commands)('htpasswd $name --help shows its forms on standard output', async ({ name, load }) => {
  const io = recordedIo()
  expect(await main([name, '--help'], io)).toBe(0)
  expect(io.said.err).toBe('')
  for (const form of (await load()).spec.synopsis)
    expect(io.said.out).toContain(`htpasswd ${name} ${form}`.trimEnd())
})

test.each(commands)('htpasswd $name refuses an option that it does not know', async ({ name }) => {
  const io = recordedIo()
  expect(await main([name, '--no-such-thing-at-all', 'x'], io)).toBe(2)
  expect(io.said.err).toMatch(new RegExp(`^htpasswd ${name}: unknown option`))
})

test.each(commands)('the examples of $name are command lines that it takes', async ({ name, load }) => {
  const { spec } = await load()
  // a command that is only called without arguments needs none
  if (!['completion', 'help', 'openid', 'version'].includes(name)) expect(spec.examples).toBeDefined()
  for (const example of spec.examples ?? []) {
    expect(example.length).toBeLessThanOrEqual(78)
    const [program, command, ...words] = example.replace(/ > .*/, '').replaceAll('"', '').split(' ')
    expect([program, command]).toEqual(['htpasswd', name])
    const parsed = parseOptions(spec, words)
    const { actions } = spec
    if (actions !== undefined) actionOf({ actions }, parsed)
  }
})

test('htpasswd --help lists every row', async () => {
  const io = recordedIo()
  await help(io, commands)
  for (const { name, describe } of commands)
    expect(io.said.out.replace(/\s+/g, ' ')).toContain(`htpasswd ${name} ${describe}`)
})
