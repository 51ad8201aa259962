// A look-up answers from the file as it is now; a file written in place is doubted only where it may be half written.
import {
  appendFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LiveDocument } from '../../../src/store/live-document.ts'
import { recoveryEnd } from '../../../src/store/recovery.ts'
import { scratch } from '../../support/scratch.ts'

const place = scratch()
const ANN = '$apr1$lZL6V/ci$eIMz/iKDkbtys/uU7LEK00'
const BOB = '{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g='
const both = `ann:${ANN}\nbob:${BOB}\n`

let clock = 0
beforeEach(() => {
  // the file system's clock and ours agree until a test lets time pass
  clock = 0
})
const pass = (milliseconds: number): void => {
  clock += milliseconds
}
const open = async (text: string): Promise<LiveDocument> => {
  writeFileSync(place.file, text)
  return LiveDocument.open(place.file, () => Date.now() + clock)
}
const inPlace = async (text: string | Buffer): Promise<void> => {
  writeFileSync(place.file, text)
  await turn()
}
const byRename = async (text: string | Buffer): Promise<void> => {
  writeFileSync(`${place.file}.new`, text)
  renameSync(`${place.file}.new`, place.file)
  await turn()
}
const hashes = (live: LiveDocument) => [live.get('ann'), live.get('bob')]

test('what was added, changed or removed counts at the next look-up', async () => {
  const live = await open(`ann:${ANN}\n`)
  await byRename(`ann:${BOB}\nbob:${BOB}\n`)
  expect(hashes(live)).toEqual([BOB, BOB])
  await byRename(`bob:${BOB}\n`)
  expect(hashes(live)).toEqual([undefined, BOB])
  await inPlace(`ann:${ANN}\n`)
  expect(hashes(live)).toEqual([ANN, undefined])
  expect([live.version, live.document.users()]).toEqual([3, ['ann']])
})

describe('at once, by rename or in place', () => {
  test.each<[what: string, text: string, ann: string | undefined]>([
    ['a record without a hash', 'ann:\n', ''],
    ['a record cut short, with a newline', `ann:${ANN.slice(0, 20)}\n`, ANN.slice(0, 20)],
    ['a record of plain text', 'ann:plain\n', 'plain'],
    ['a line that is no record', `nonsense\nann:${ANN}\n`, ANN],
    ['only a comment', '# nobody\n', undefined],
    ['another user, without a newline', `zoe:${ANN.slice(0, 20)}`, undefined],
  ])('%s does not keep a deleted user in', async (_, text, ann) => {
    for (const write of [byRename, inPlace]) {
      await byRename(both)
      const live = await LiveDocument.open(place.file)
      await write(text)
      expect(hashes(live)).toEqual([ann, undefined])
      expect(live.error).toBeUndefined()
    }
  })

  test('an empty file that arrived by rename has no users', async () => {
    const live = await open(both)
    await byRename('')
    expect(hashes(live)).toEqual([undefined, undefined])
  })
})

describe('written in place, it may be half written for a second', () => {
  test('emptied: the users stay until then', async () => {
    const live = await open(both)
    truncateSync(place.file)
    await turn()
    expect(hashes(live)).toEqual([ANN, BOB])
    pass(500)
    await turn()
    expect(hashes(live)).toEqual([ANN, BOB])
    pass(1001)
    await turn()
    expect(hashes(live)).toEqual([undefined, undefined])
  })

  test('a last record without its newline: its hash stays, and all other records count', async () => {
    const live = await open(both)
    await inPlace(`new:1\nbob:${BOB.slice(0, 9)}`)
    expect(hashes(live)).toEqual([undefined, BOB])
    await inPlace(`new:1\nbob:${BOB.slice(0, 12)}`)
    expect([...hashes(live), live.get('new')]).toEqual([undefined, BOB, '1'])
    pass(1001)
    await turn()
    expect(hashes(live)).toEqual([undefined, BOB.slice(0, 12)])
  })

  test('the writer goes on: what it wrote counts', async () => {
    const live = await open(both)
    truncateSync(place.file)
    await turn()
    expect(live.get('bob')).toBe(BOB)
    await inPlace(`ann:${ANN}\n`)
    expect(hashes(live)).toEqual([ANN, undefined])
  })
})

describe('while this package writes it in place', () => {
  const recovery = () => `${place.file}.htpasswd-recovery`
  const NEW = ANN.replace(/[a-z]/g, 'x')
  const after = `ann:${NEW}\n`.repeat(2)
  const begin = async (): Promise<LiveDocument> => {
    const live = await open(both)
    const before = Buffer.from(both)
    const { changed, footer } = recoveryEnd(before, Buffer.from(after))
    writeFileSync(recovery(), Buffer.concat([before, changed, footer]), { mode: 0o600 })
    await inPlace(`ann:${NEW.slice(0, 9)}${both.slice(13)}`)
    return live
  }

  test('the recovery copy is the content, also for a reader that opens it now', async () => {
    const live = await begin()
    expect(hashes(live)).toEqual([ANN, BOB])
    expect(hashes(await LiveDocument.open(place.file))).toEqual([ANN, BOB])
  })

  test('until the file has the new content, even if the copy stays', async () => {
    const live = await begin()
    await inPlace(after)
    expect(hashes(live)).toEqual([NEW, undefined])
    expect(hashes(await LiveDocument.open(place.file))).toEqual([NEW, undefined])
  })

  test('it is found behind a symbolic link', async () => {
    await begin()
    symlinkSync(place.file, place.path('link'))
    expect(hashes(await LiveDocument.open(place.path('link')))).toEqual([ANN, BOB])
  })

  test('a copy that a killed writer left does not keep in whom another program deletes later', async () => {
    const live = await begin()
    await inPlace(`bob:${BOB}\n`)
    expect(hashes(live)).toEqual([undefined, BOB])
  })
})

describe('what cannot be used leaves the users as they were, and says why', () => {
  test.each<[what: string, spoil: () => void, code: string, message: RegExp]>([
    ['missing', () => rmSync(place.file), 'ERR_FILE_ACCESS', /there is no such file/],
    [
      'a folder',
      () => {
        rmSync(place.file)
        mkdirSync(place.file)
      },
      'ERR_FILE_ACCESS',
      /it is a folder/,
    ],
    [
      'UTF-16',
      () => writeFileSync(place.file, Buffer.from('\uFEFFann:x\n', 'utf16le')),
      'ERR_UTF16',
      /UTF-16/,
    ],
  ])('%s', async (_, spoil, code, message) => {
    const live = await open(both)
    expect(live.error).toBeUndefined()
    spoil()
    await turn()
    expect(hashes(live)).toEqual([ANN, BOB])
    expect(live.error).toMatchObject({ code, message: expect.stringMatching(message) })
    rmSync(place.file, { recursive: true, force: true })
    await byRename(both)
    expect(live.error).toBeUndefined()
  })
})

describe('a relative path', () => {
  const folder = process.cwd()
  afterEach(() => process.chdir(folder))

  test('means the file of the working directory at that time', async () => {
    writeFileSync(place.file, both)
    process.chdir(place.folder)
    const live = await LiveDocument.open('f')
    mkdirSync('other')
    writeFileSync(join('other', 'f'), 'mallory:1\n')
    process.chdir('other')
    await turn()
    expect([...hashes(live), live.get('mallory'), live.error]).toEqual([ANN, BOB, undefined, undefined])
    await byRename(`ann:${ANN}\n`)
    expect(hashes(live)).toEqual([ANN, undefined])
    expect(live.path).toBe('f')
  })
})

test('a touch is no new content', async () => {
  const live = await open(both)
  utimesSync(place.file, 1, 1)
  await turn()
  expect([live.get('ann'), live.version]).toEqual([ANN, 0])
  appendFileSync(place.file, 'zoe:1\n')
  await turn()
  expect([live.get('zoe'), live.version]).toEqual(['1', 1])
})
