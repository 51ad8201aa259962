// The task: its XML by Microsoft's schema and Python's parser, its arguments by the rules of Windows.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { quoteForWindows, taskOf, taskScheduler } from '../../../src/cli/commands/service/windows-task.ts'
import { findProgram, skipReason } from '../../support/outside-program.ts'
import { sample, words } from '../../support/service-samples.ts'
import { faultsOf, noXmllint } from '../../support/xml-schema.ts'

const python = findProgram('python3', 'python')
const missing = skipReason({ python3: python })
const account = 'LAB\\Jörg & Co'

type Element = [tag: string, text: string, children: Element[]]
function read(xml: string): Element {
  const code = `import json,sys,xml.etree.ElementTree as E
def walk(e): return [e.tag.split('}')[1], (e.text or ''), [walk(c) for c in e]]
print(json.dumps(walk(E.fromstring(json.load(sys.stdin).encode('utf-16')))))`
  const { stdout, stderr } = spawnSync(python as string, ['-X', 'utf8', '-c', code], {
    input: JSON.stringify(xml),
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}
const child = ([, , children]: Element, ...path: string[]): Element =>
  path.reduce<Element>((at, tag) => at[2].find(one => one[0] === tag) as Element, ['', '', children])

describe.skipIf(missing)('the XML', () => {
  test('at boot: as the account, in no session, whatever the power', () => {
    const task = read(taskOf({ ...sample, describe: 'a & b' }, account))
    expect(child(task, 'RegistrationInfo', 'Description')[1]).toBe('htpasswd serve: a & b')
    expect(child(task, 'Triggers')[2].map(([tag]) => tag)).toEqual(['BootTrigger'])
    const principal = child(task, 'Principals', 'Principal')
    expect(principal[2].map(([tag, text]) => [tag, text])).toEqual([
      ['UserId', account],
      ['LogonType', 'S4U'],
      ['RunLevel', 'LeastPrivilege'],
    ])
    expect(child(task, 'Settings', 'ExecutionTimeLimit')[1]).toBe('PT0S')
  })

  test("at log-on: of this account, in the account's session", () => {
    const task = read(taskOf({ ...sample, atBoot: false }, account))
    expect(child(task, 'Triggers', 'LogonTrigger', 'UserId')[1]).toBe(account)
    expect(child(task, 'Principals', 'Principal', 'LogonType')[1]).toBe('InteractiveToken')
  })

  test('command and arguments come out as they were meant', () => {
    const program = ['C:\\Program Files\\nodejs\\node.exe', 'C:\\a & b\\', 'serve', '<x>', 'say "hi"', 'ä']
    const exec = child(read(taskOf({ ...sample, program }, account)), 'Actions', 'Exec')
    expect(child(exec, 'Command')[1]).toBe(program[0])
    expect(argumentsOfWindows(child(exec, 'Arguments')[1])).toEqual(program.slice(1))
  })
})

const env = { LOCALAPPDATA: 'C:\\Users\\ann\\AppData\\Local', USERDOMAIN: 'LAB', USERNAME: 'ann' }
const onWindows = { env, home: 'C:\\Users\\ann', uid: undefined }

describe.skipIf(noXmllint)("Microsoft's schema", () => {
  test.each([true, false])('takes the file, at boot: %j', atBoot => {
    const { file } = taskScheduler(onWindows).install({ ...sample, atBoot, describe: 'ä & <b>' })
    expect(faultsOf(Buffer.from(file?.content ?? ''), 'task.xsd')).toBe('')
  })

  // what Windows would refuse to install
  const atLogOn = taskOf({ ...sample, atBoot: false }, account).replace('encoding="UTF-16"', '')
  const trigger = /(<Repetition>.*<\/Repetition>)\s*(<UserId>[^<]*<\/UserId>)/s
  test.each([
    ["a trigger's own parts in front of those of all", atLogOn.replace(trigger, '$2$1'), 'Repetition'],
    ['a minute cut short', atLogOn.replace('PT1M', 'PT59S'), 'Interval'],
    ['an unknown kind of log-on', atLogOn.replace('InteractiveToken', 'Token'), 'LogonType'],
    ['another principal', atLogOn.replace('Context="Author"', 'Context="x"'), 'ContextKeyRef'],
    ['no program', atLogOn.replace(/<Command>.*<\/Command>/, ''), 'Command'],
    ['something else', atLogOn.replace('<Exec>', '<Exec><Shell/>'), 'Shell'],
  ])('refuses %s', (_, xml, where) => expect(faultsOf(xml, 'task.xsd')).toContain(where))
})

test('Windows splits the quoted words into what they were', () => {
  fc.assert(
    fc.property(words, list => {
      expect(argumentsOfWindows(list.map(quoteForWindows).join(' '))).toEqual(list)
    }),
  )
})

/** CommandLineToArgvW behind the program's name: 2n backslashes and a quote are n, and the quote opens or closes. */
function argumentsOfWindows(line: string): string[] {
  const found: string[] = []
  let word: string | undefined
  let quoted = false
  for (let at = 0; at < line.length; at++) {
    const backslashes = /^\\*/.exec(line.slice(at))?.[0].length ?? 0
    if (backslashes > 0) {
      const beforeQuote = line[at + backslashes] === '"'
      word = (word ?? '') + '\\'.repeat(beforeQuote ? backslashes >> 1 : backslashes)
      at += backslashes - 1
      if (beforeQuote && backslashes % 2 === 1) {
        word += '"'
        at++
      }
    } else if (line[at] === '"') {
      word ??= ''
      quoted = !quoted
    } else if (!quoted && /[ \t]/.test(line[at] as string)) {
      if (word !== undefined) found.push(word)
      word = undefined
    } else word = (word ?? '') + line[at]
  }
  return word === undefined ? found : [...found, word]
}

test.each(['%PATH%', '$(Arg0)', 'a%b%c'])('%s, which the scheduler would replace, is refused', word => {
  for (const service of [
    { ...sample, program: ['node', word] },
    { ...sample, folder: word },
  ])
    expect(() => taskOf(service, account)).toThrow('Task Scheduler would replace')
  expect(taskOf({ ...sample, program: ['node', '100%'] }, account)).toContain('100%')
})

test('the file is UTF-16 with a byte order mark, as schtasks wants it', () => {
  const { file, steps } = taskScheduler(onWindows).install(sample)
  expect(file?.path).toBe(join(env.LOCALAPPDATA, 'guard-of-mlflow.task.xml'))
  const content = Buffer.from(file?.content ?? '')
  expect(content.subarray(0, 2)).toEqual(Buffer.from([0xff, 0xfe]))
  expect(content.toString('utf16le')).toContain('<UserId>LAB\\ann</UserId>')
  expect(steps.map(({ command }) => command.join(' '))).toEqual([
    'schtasks /end /tn guard-of-mlflow',
    `schtasks /create /tn guard-of-mlflow /xml ${file?.path} /f`,
    'schtasks /run /tn guard-of-mlflow',
  ])
})
