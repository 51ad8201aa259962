import { expect, test } from 'vitest'
import { askPasswords, confirm } from '../../../../src/cli/terminal/prompt.ts'
import { recordedIo } from '../../../support/recorded-io.ts'

const questions = ['New password: ', 'Re-type new password: ']
const ask = async (io: ReturnType<typeof recordedIo>, list = questions) =>
  (await askPasswords(io, list, () => {})).map(String)

test.each([
  ['in pieces', ['s3', 'cret\r', 's3cret', '\r']],
  ['both at once', ['s3cret\rs3cret\r']],
  ['pasted from Windows', ['s3cret\r\ns3cret\r\n']],
])('two answers at a terminal, %s', async (_name, typed) => {
  const io = recordedIo({ typed })
  expect(await ask(io)).toEqual(['s3cret', 's3cret'])
  expect(io.said).toEqual({ out: '', err: 'New password: \nRe-type new password: \n' })
  expect(io.closed).toBe(true)
})

test('Windows shows a star for each character and takes it back', async () => {
  const io = recordedIo({ typed: ['aü\x7fb\x15c\r'], platform: 'win32' })
  expect(await ask(io, ['Enter password: '])).toEqual(['c'])
  expect(io.said.err).toBe('Enter password: **\b \b*\b \b\b \b*\n')
})

test.each([
  ['Ctrl-C', ['\x03']],
  ['Ctrl-D', ['\x04']],
  ['Ctrl-C within an answer', ['half\x03']],
  ['Ctrl-C at the second question', ['pw\r', '\x03']],
  ['a terminal that goes away', ['pw']],
])('%s: no answer, and the terminal is restored', async (_name, typed) => {
  const io = recordedIo({ typed })
  await expect(ask(io)).rejects.toMatchObject({ code: 'ERR_INTERRUPTED', exitStatus: 4 })
  expect(io.closed).toBe(true)
})

test.each([
  ['pw\npw\n', ['pw', 'pw']],
  ['pw\r\npw\r\n', ['pw', 'pw']],
  ['pw\npw', ['pw', 'pw']],
  ['pw\n', ['pw', '']],
  ['\n', ['', '']],
])('without a terminal the answers are lines: %j', async (input, answers) => {
  const io = recordedIo({ input })
  expect(await ask(io)).toEqual(answers)
  expect(io.said.err).toBe(questions.join(''))
})

test('the end of input at the first question is no answer', async () => {
  await expect(ask(recordedIo())).rejects.toMatchObject({ exitStatus: 4 })
})

test('an answer that is refused ends the questions', async () => {
  const io = recordedIo({ typed: ['pw\r', 'pw\r'] })
  const refuse = (): never => {
    throw new Error('no')
  }
  await expect(askPasswords(io, questions, refuse)).rejects.toThrow('no')
  expect(io.said.err).toBe('New password: \n')
  expect(io.closed).toBe(true)
})

test.each([
  ['y\r', true],
  ['Y\r', true],
  ['yes\r', true],
  ['yx\x7f\r', true],
  ['n\r', false],
  ['\r', false],
  ['yeah\r', false],
  ['\x03', false],
  ['\x04', false],
])('%j at a terminal: %j', async (typed, expected) => {
  const io = recordedIo({ typed: [typed] })
  expect(await confirm(io, 'Write users?')).toBe(expected)
  expect(io.said.err.startsWith('Write users? [y/N] ')).toBe(true)
  expect(io.said.err.endsWith('\n')).toBe(true)
  expect(io.closed).toBe(true)
})

test('what is typed can be seen', async () => {
  const io = recordedIo({ typed: ['yes\r'] })
  await confirm(io, 'Write users?')
  expect(io.said.err).toBe('Write users? [y/N] yes\n')
})

test.each([
  ['y\n', true],
  ['yes\r\n', true],
  ['no\n', false],
  ['', false],
])('%j on standard input: %j', async (input, expected) => {
  expect(await confirm(recordedIo({ input }), 'Write users?')).toBe(expected)
})
