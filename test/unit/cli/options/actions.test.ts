// Commands with actions, such as `group add`: finding the action, its options, and the help.
import { expect, test } from 'vitest'
import { helpOf } from '../../../../src/cli/options/parse.ts'
import { runActions } from '../../../../src/cli/options/run-command.ts'
import { type ActionTable, type CommandSpec, formsOf, helpOption } from '../../../../src/cli/options/table.ts'
import { recordedIo } from '../../../support/recorded-io.ts'

const options = {
  help: helpOption,
  loud: { group: 'Test:', describe: 'says it' },
  slow: { group: 'Test:', describe: 'takes its time' },
}
const actions = {
  add: { synopsis: ['[FILE] NAME', '[FILE] --slow'], describe: 'add a name' },
  remove: { synopsis: ['[FILE] NAME'], describe: 'remove a name', options: ['loud', 'slow'] },
  list: { synopsis: [''], describe: 'list all names', options: [] },
} as const satisfies ActionTable
const spec = {
  name: 'shelf',
  synopsis: formsOf(actions),
  actions,
  describe: 'Keeps names.',
  options,
} as const satisfies CommandSpec<typeof options>

const run = async (...argv: string[]) => {
  const io = recordedIo()
  const seen: unknown[] = []
  const work =
    (action: string, status: number) =>
    ({ positionals, values }: { positionals: readonly string[]; values: { loud: boolean } }) => {
      seen.push([action, ...positionals, values.loud])
      return status
    }
  const status = await runActions(spec, argv, io, {
    add: work('add', 0),
    remove: work('remove', 6),
    list: work('list', 0),
  })
  return { status, seen, ...io.said }
}

test('the work of the action gets what follows its name', async () => {
  expect(await run('add', 'f', 'bob', '--loud')).toEqual({
    status: 0,
    seen: [['add', 'f', 'bob', true]],
    out: '',
    err: '',
  })
  expect(await run('remove', 'bob')).toMatchObject({ status: 6, seen: [['remove', 'bob', false]] })
})

test.each<[string[], string]>([
  [[], 'expected one of the actions add, remove, list, got nothing'],
  [['ad', 'x'], 'expected one of the actions add, remove, list, got ad; did you mean add?'],
  [['constructor'], 'expected one of the actions add, remove, list, got constructor'],
  [['list', '--loud'], 'list takes no options, got --loud'],
])('%j is refused', async (argv, message) => {
  expect(await run(...argv)).toEqual({ status: 2, seen: [], out: '', err: `htpasswd shelf: ${message}\n` })
})

test('the help lists the forms and the actions, and fits 80 columns without a terminal', async () => {
  const help = await helpOf(spec)
  expect(help).toContain(
    'htpasswd shelf add [FILE] NAME\nhtpasswd shelf add [FILE] --slow\nhtpasswd shelf remove [FILE] NAME\nhtpasswd shelf list\n',
  )
  expect(help).toContain('Actions:\n  htpasswd shelf add     add a name\n')
  for (const line of help.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
})
