// What the shells are told is what the tables say.
import { expect, test } from 'vitest'
import { classicOptions } from '../../../../../src/cli/apache/grammar.ts'
import { MAYBE_ARGUMENT, modelOf } from '../../../../../src/cli/commands/completion/model.ts'
import { commands } from '../../../../../src/cli/commands.ts'

const model = await modelOf(commands)
const optionOf = (command: string, name: string) =>
  model.commands.find(one => one.name === command)?.options.find(one => one.name === name)

test('the letters of Apache’s grammar, and those that change what a word is', () => {
  expect(model.classic.map(({ letter }) => letter)).toEqual(classicOptions.map(({ letter }) => letter))
  expect(model.letters).toEqual({ value: 'Cr', print: 'n', create: 'c' })
})

test('our long options beside them', () => {
  expect(model.long.map(({ name, takes }) => [name, takes])).toEqual([
    ['generate', 'maybe'],
    ['generate-to', 'path'],
    ['password-file', 'path'],
    ['password-env', 'text'],
    ['password-fd', 'text'],
  ])
})

test('every command with all its options', async () => {
  expect(model.commands.map(({ name }) => name)).toEqual(commands.map(({ name }) => name))
  for (const command of commands) {
    const { options } = (await command.load()).grammar
    const found = model.commands.find(({ name }) => name === command.name)?.options
    expect(found?.map(({ name }) => name)).toEqual(Object.keys(options))
  }
})

test.each([
  ['tls-cert', 'path', []],
  ['log', 'choice', ['text', 'json', 'off']],
  ['realm', 'text', []],
  ['demo', 'nothing', []],
])('--%s takes %s', (name, takes, choices) => {
  expect(optionOf('serve', name)).toMatchObject({ takes, choices })
})

test('what may be an argument that can be left out', () => {
  for (const one of ['24', 'words']) expect(one).toMatch(new RegExp(MAYBE_ARGUMENT))
  for (const one of ['', 'users', '24x', 'words2']) expect(one).not.toMatch(new RegExp(MAYBE_ARGUMENT))
})

test('the first word, where it is no file', () => {
  const words = Object.fromEntries(model.commands.map(one => [one.name, one.words]))
  expect(words.serve).toEqual([])
  expect(words.service).toEqual(['install', 'uninstall', 'status'])
  expect(words.completion).toContain('fish')
})
