// The rights of password files on Windows: what its tools are asked to do, by stand-ins; on Windows itself, what they did.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test, vi } from 'vitest'
import { updateFile } from '../../../src/store/update.ts'
import { copyAccess, type RunTool, restrictToOwner } from '../../../src/store/windows-access.ts'
import { scratch, textOf } from '../../support/scratch.ts'
import { canStandIn, pretendWindows } from '../../support/windows-tools.ts'

const place = scratch()
const user = 'S-1-5-21-1004336348-1177238915-682003330-1001'
const folderRights = 'D:AI(A;ID;FA;;;SY)(A;OICIID;FA;;;BA)'

interface Tools {
  readonly run: RunTool
  /** What was asked of icacls, and the list of rights that it was given to restore. */
  readonly asked: string[][]
  restored: string | undefined
}

/** `rights` is what icacls finds on every file; undefined where the tool is missing. */
function tools({
  rights,
  whoami = `"pc\\jürgen","${user}"\r\n`,
  canRestore = true,
}: {
  rights?: string
  whoami?: string
  canRestore?: boolean
}): Tools {
  const asked: string[][] = []
  const made: Tools = {
    asked,
    restored: undefined,
    run: async (name, args) => {
      if (name === 'whoami') return whoami
      asked.push([...args])
      if (rights === undefined) return undefined
      const list = args[2] ?? ''
      if (args[1] === '/save') writeFileSync(list, `users\r\n${rights}\r\n`, 'utf16le')
      if (args[1] === '/restore') made.restored = readFileSync(list, 'utf16le')
      return args[1] === '/restore' && !canRestore ? undefined : 'done'
    },
  }
  return made
}

describe('a new file', () => {
  test('is for the user, Administrators and SYSTEM, by identifiers that are not translated', async () => {
    const { run, asked } = tools({ rights: folderRights })
    expect(await restrictToOwner('C:\\a b\\f', run)).toBe(true)
    const grants = [`*${user}:F`, '*S-1-5-32-544:F', '*S-1-5-18:F']
    expect(asked).toEqual([['C:\\a b\\f', '/inheritance:r', '/grant:r', ...grants, '/q']])
  })

  test.each([
    ['without icacls', {}],
    ['without whoami', { rights: folderRights, whoami: '' }],
    ['with a whoami that knows no numbers', { rights: folderRights, whoami: 'PC\\jürgen\r\n' }],
  ])('%s keeps what its folder gives it', async (_name, given) => {
    expect(await restrictToOwner('f', tools(given).run)).toBe(false)
  })
})

describe('a file that replaces another', () => {
  test('inherits its permissions if the old one did', async () => {
    const made = tools({ rights: folderRights })
    await copyAccess('C:\\etc\\users', 'C:\\etc\\users.new', made.run)
    expect(made.asked.map(([, verb]) => verb)).toEqual(['/save'])
  })

  test.each([
    ['rights of its own', 'D:PAI(A;;FA;;;SY)(A;;FA;;;BA)'],
    ['one right beside those of the folder', 'D:AI(A;;FR;;;NS)(A;ID;FA;;;BA)'],
  ])('takes over %s', async (_name, rights) => {
    const made = tools({ rights })
    await copyAccess(place.file, place.path('new'), made.run)
    expect(made.asked[1]?.slice(0, 2)).toEqual([place.folder, '/restore'])
    expect(made.restored).toBe(`new\r\n${rights}\r\n`)
    // nothing is left of the list
    expect(existsSync(made.asked[1]?.[2] ?? '')).toBe(false)
  })

  test('is restricted if the permissions cannot be copied', async () => {
    const made = tools({ rights: 'D:P(A;;FA;;;SY)', canRestore: false })
    await copyAccess(place.file, place.path('new'), made.run)
    expect(made.asked.at(-1)?.slice(0, 2)).toEqual([place.path('new'), '/inheritance:r'])
  })

  test('is created without the tool as well', async () => {
    const made = tools({})
    await copyAccess(place.file, place.path('new'), made.run)
    expect(made.asked.map(([, verb]) => verb)).toEqual(['/save'])
  })

  test('is created if the tool cannot be started', async () => {
    await expect(copyAccess('\0', place.path('new'))).resolves.toBeUndefined()
  })

  test('is created without a folder for the list', async () => {
    for (const name of ['TMPDIR', 'TEMP', 'TMP']) vi.stubEnv(name, place.path('missing'))
    const made = tools({ rights: folderRights })
    await copyAccess(place.file, place.path('new'), made.run)
    vi.unstubAllEnvs()
    expect(made.asked).toEqual([])
  })
})

// Wine's icacls does nothing, so this needs a real Windows
describe.skipIf(process.platform !== 'win32')('on Windows itself', () => {
  const rightsOf = (path: string): string => execFileSync('icacls', [path], { encoding: 'utf8' })

  test('a new file has three entries, none inherited, and keeps one that is added', async () => {
    let said = 0
    const onPrivate = () => said++
    await updateFile(place.file, document => document.set('u', 'h'), { create: true, onPrivate })
    expect(rightsOf(place.file).match(/:\(F\)/g)).toHaveLength(3)
    expect(rightsOf(place.file)).not.toContain('(I)')
    execFileSync('icacls', [place.file, '/grant', '*S-1-5-20:R'])
    const before = rightsOf(place.file)
    await updateFile(place.file, document => document.set('u', 'i'), { onPrivate })
    expect(rightsOf(place.file)).toBe(before)
    expect(said).toBe(1)
  })
})

test.skipIf(!canStandIn)(
  'an update asks before it writes the first byte, and says once that a new file is private',
  async () => {
    mkdirSync(place.path('Windows'))
    using windows = pretendWindows(place.path('Windows'))
    let said = 0
    const options = { create: true, onPrivate: () => said++ }
    await updateFile(place.file, document => document.set('u', 'h'), options)
    await updateFile(place.file, document => document.set('u', 'i'), options)
    const [made, replaced] = windows.asked()
    expect(made?.replace(/(?<=htpasswd-new-)[\da-f]{8}/, 'ID')).toBe(
      `0 ${place.file}.htpasswd-new-ID /inheritance:r /grant:r *S-1-5-21-7:F *S-1-5-32-544:F *S-1-5-18:F /q`,
    )
    expect(replaced).toMatch(new RegExp(`^4 ${place.file} /save .* /q$`))
    expect([said, textOf(place.file)]).toEqual([1, 'u:i\n'])
  },
)

test.skipIf(process.platform === 'win32')('on POSIX the umask decides, and nothing is said', async () => {
  const onPrivate = () => expect.unreachable()
  await updateFile(place.file, document => document.set('u', 'h'), { create: true, onPrivate })
  expect(existsSync(place.file)).toBe(true)
})
