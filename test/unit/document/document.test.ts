// The document keeps what nobody changed, byte for byte, and its changes are those of a simple model of lines.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ByteString, decodeSurrogateEscape, toByteString } from '../../../src/bytes.ts'
import { HtpasswdDocument, parseHtpasswd } from '../../../src/document/document.ts'
import { changeableText, looksLikeUtf16, NAMES } from '../../support/arbitraries.ts'

const bytesOf = (text: string) => Buffer.from(text, 'latin1')
const parse = (text: string) => parseHtpasswd(bytesOf(text))
const textOf = (document: HtpasswdDocument) => Buffer.from(document.toBytes()).toString('latin1')

describe('parse and serialise', () => {
  test('any bytes come out as they went in', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
        fc.pre(!looksLikeUtf16(Buffer.from(bytes).toString('latin1')))
        expect(Buffer.from(parseHtpasswd(bytes).toBytes()).equals(bytes)).toBe(true)
      }),
    )
  })

  test('any lines come out as they went in, and looking at them changes nothing', () => {
    fc.assert(
      fc.property(changeableText, text => {
        const document = parse(text)
        for (const user of document.users()) expect(document.get(user)).toBeTypeOf('string')
        expect(document.changed).toBe(false)
        expect(textOf(document) === text).toBe(true)
      }),
    )
  })

  test('text is UTF-8, and a view into a larger buffer is only that view', () => {
    expect(parseHtpasswd('jörg:1\n').get('jörg')).toBe('1')
    expect(parseHtpasswd('jörg:1\n').toString()).toBe('jörg:1\n')
    expect(parseHtpasswd(bytesOf('xxx:0\nann:1\nyyy:2\n').subarray(6, 12)).users()).toEqual(['ann'])
    expect(new HtpasswdDocument().toString()).toBe('')
  })
})

/** One line of the reference model; a record has a name. */
interface ModelLine {
  readonly raw: string
  readonly name?: string
  readonly hash?: string
  readonly tail?: string
}

function modelLine(raw: string): ModelLine {
  const found = /^[\t\v\f\r ]*((?![#\t\v\f\r ])[^:\n]*):([^:\n]*?)((?::[^\n]*?)?(?:\r?\n|\r|))$/.exec(raw)
  if (found === null) return { raw }
  const [, name = '', hash = '', tail = ''] = found
  return { raw, name, hash, tail }
}

/** A password file as a list of lines, done the slow and obvious way. */
class Model {
  readonly #mark: string
  readonly #lineEnd: string
  #lines: ModelLine[]
  #added: [name: string, hash: string][] = []
  #edited = false

  constructor(text: string) {
    this.#mark = text.startsWith('\xef\xbb\xbf') ? '\xef\xbb\xbf' : ''
    this.#lines = (text.slice(this.#mark.length).match(/[^\n]*\n|[^\n]+$/g) ?? []).map(modelLine)
    this.#lineEnd = /^[^\n]*\r\n/.test(text) ? '\r\n' : '\n'
  }

  get(name: string): string | undefined {
    return (
      this.#lines.find(line => line.name === name)?.hash ?? this.#added.find(([other]) => other === name)?.[1]
    )
  }

  users(): string[] {
    const names = this.#lines.flatMap(({ name }) => (name === undefined ? [] : [name]))
    return [...new Set([...names, ...this.#added.map(([name]) => name)])]
  }

  set(name: string, hash: string): string {
    const known = this.get(name) !== undefined
    this.#added = this.#added.map(([other, old]) => [other, other === name ? hash : old])
    this.#edit(name, line => [modelLine(`${name}:${hash}${line.tail}`)])
    if (!known) this.#added.push([name, hash])
    return known ? 'updated' : 'added'
  }

  delete(name: string): boolean {
    const known = this.get(name) !== undefined
    this.#added = this.#added.filter(([other]) => other !== name)
    this.#edit(name, () => [])
    return known
  }

  rename(from: string, to: string): string {
    if (this.get(from) === undefined) return 'ERR_USER_MISSING'
    if (this.get(to) !== undefined) return 'ERR_USER_EXISTS'
    this.#added = this.#added.map(([other, hash]) => [other === from ? to : other, hash])
    this.#edit(from, line => [modelLine(`${to}:${line.hash}${line.tail}`)])
    return 'renamed'
  }

  #edit(name: string, change: (line: ModelLine) => ModelLine[]): void {
    this.#lines = this.#lines.flatMap(line => {
      if (line.name !== name) return [line]
      this.#edited = true
      return change(line)
    })
  }

  toString(): string {
    const text = this.#lines.map(line => line.raw).join('')
    const isChanged = this.#edited || this.#added.length > 0
    const lacksEnd = isChanged && text !== '' && !text.endsWith('\n')
    const added = this.#added.map(([name, hash]) => `${name}:${hash}${this.#lineEnd}`)
    const end = text.endsWith('\r') ? '\n' : this.#lineEnd
    return this.#mark + text + (lacksEnd ? end : '') + added.join('')
  }
}

type Step = (document: HtpasswdDocument, model: Model) => void

const name = fc.constantFrom(...NAMES, 'new', 'n\xe9w')
const newHash = fc.constantFrom('$2y$05$new', '{SHA}new', '', 'x')
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(name, newHash).map(([user, hash]): Step => {
    return (document, model) => expect(document.set(bytesOf(user), hash)).toBe(model.set(user, hash))
  }),
  name.map((user): Step => {
    return (document, model) => expect(document.delete(bytesOf(user))).toBe(model.delete(user))
  }),
  fc.tuple(name, name).map(([from, to]): Step => {
    return (document, model) =>
      expect(outcome(() => document.rename(bytesOf(from), bytesOf(to)))).toBe(model.rename(from, to))
  }),
  name.map((user): Step => {
    return (document, model) => {
      expect(document.get(bytesOf(user))).toBe(model.get(user))
      expect(document.has(decodeSurrogateEscape(user as ByteString))).toBe(model.get(user) !== undefined)
    }
  }),
)

function outcome(rename: () => void): string {
  try {
    rename()
    return 'renamed'
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('changes', () => {
  test('any series of them is that of the model, and reads back as what it answers', () => {
    fc.assert(
      fc.property(changeableText, fc.array(step, { maxLength: 15 }), (text, steps) => {
        const [document, model] = [parse(text), new Model(text)]
        for (const run of steps) run(document, model)
        // a comparison of strings of 100 kB by expect() is slow
        expect(textOf(document) === model.toString() || [textOf(document), model.toString()]).toBe(true)
        expect(document.users()).toEqual(model.users().map(name => decodeSurrogateEscape(name as ByteString)))
        expect(document.size).toBe(model.users().length)
        const again = parseHtpasswd(document.toBytes())
        for (const user of NAMES) expect(again.get(bytesOf(user))).toBe(document.get(bytesOf(user)))
      }),
      { numRuns: 1000 },
    )
  })

  test.each([
    ['a new user goes to the end', 'a:1\n', 'b', 'a:1\nb:N\n'],
    ['an empty file', '', 'b', 'b:N\n'],
    ['a missing final newline is completed', 'a:1', 'b', 'a:1\nb:N\n'],
    ['and behind a comment', '# end', 'b', '# end\nb:N\n'],
    ['every duplicate changes', 'a:1\nb:2\na:3\n', 'a', 'a:N\nb:2\na:N\n'],
    ['the third field stays', 'a:1:rest:more\n', 'a', 'a:N:rest:more\n'],
    ['CRLF stays', 'a:1\r\nb:2\r\n', 'a', 'a:N\r\nb:2\r\n'],
    ['CRLF is taken up by new lines', 'a:1\r\n', 'b', 'a:1\r\nb:N\r\n'],
    ['CRLF is taken up by a completed line', 'a:1\r\nb:2', 'a', 'a:N\r\nb:2\r\n'],
    ['a byte order mark stays', '\xef\xbb\xbfa:1\n', 'a', '\xef\xbb\xbfa:N\n'],
    ['a byte order mark alone is no line', '\xef\xbb\xbf', 'a', '\xef\xbb\xbfa:N\n'],
    ['blanks before a name go when it changes', ' \ta:1\n  b:2\n', 'a', 'a:N\n  b:2\n'],
    ['a comment is no user', '#a:1\n', 'a', '#a:1\na:N\n'],
    ['stray bytes stay', '\xff\xfd\0:1\na:2\n', 'a', '\xff\xfd\0:1\na:N\n'],
    ['half a CRLF at the end is completed', 'a:1\r\nb:2\r', 'a', 'a:N\r\nb:2\r\n'],
  ])('set: %s', (_name, before, user, after) => {
    const document = parse(before)
    document.set(user, 'N')
    expect(textOf(document)).toBe(after)
  })

  test('the first of two records is the one that counts', () => {
    const document = parse('a:1\na:2\n')
    expect([document.get('a'), document.size, document.users()]).toEqual(['1', 1, ['a']])
    expect(document.delete('a')).toBe(true)
    expect([textOf(document), document.delete('a'), document.has('a')]).toEqual(['', false, false])
  })

  test('a user who was taken out and comes back is at the end', () => {
    const document = parse('a:1\nb:2\n')
    document.delete('a')
    expect(document.set('a', '3')).toBe('added')
    expect(textOf(document)).toBe('b:2\na:3\n')
  })

  test('to delete one who was only added leaves the document as it was', () => {
    const document = parse('a:1')
    document.set('b', '2')
    expect(document.delete('b')).toBe(true)
    expect([document.changed, textOf(document)]).toEqual([false, 'a:1'])
  })

  test('a renamed user keeps the place, also one that is not in the source', () => {
    const document = parse('a:1\nb:2:rest\n')
    document.set('c', '3')
    document.set('d', '4')
    document.rename('b', 'B')
    document.rename('c', 'C')
    expect(textOf(document)).toBe('a:1\nB:2:rest\nC:3\nd:4\n')
  })

  test('names are as text or as bytes', () => {
    const document = parse('j\xc3\xb6rg:1\nst\xffray:2\n')
    expect(document.users()).toEqual(['jörg', 'st\udcffray'])
    expect([document.get('jörg'), document.get(Buffer.from('jörg'))]).toEqual(['1', '1'])
    expect([document.get('st\udcffray'), document.get(bytesOf('st\xffray'))]).toEqual(['2', '2'])
  })

  test('a name that no line can have belongs to nobody', () => {
    const document = parse('a:b:rest\nmalformed\nuser:1\n\xef\xbb\xbfx:2\n #c:3\n')
    for (const user of ['a:b', 'malformed\nuser', ' #c', '#c', ' user', '\ufeffa']) {
      expect(document.has(user), JSON.stringify(user)).toBe(false)
    }
  })

  test.each(['line\nfeed', 'return\r', 'nul\0', 'wide\u0100'])('a hash is one line of bytes: %j', hash => {
    const document = parse('a:1\n')
    expect(() => document.set('a', hash)).toThrow(expect.objectContaining({ code: 'ERR_RECORD' }))
    expect(document.changed).toBe(false)
  })

  test('whatever name is taken, its file reads back as that user and no other', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.uint8Array({ maxLength: 6 }).map(bytes => decodeSurrogateEscape(toByteString(bytes))),
      fc.constantFrom('\ufeffroot', '\udcff\udcfea', '\udcfe\udcffa', '#x', ' x', 'a:b', 'a\nb'),
    )
    fc.assert(
      fc.property(text, user => {
        const document = new HtpasswdDocument()
        try {
          document.set(user, 'hash')
        } catch (error) {
          expect(error).toMatchObject({ name: 'HtpasswdError', code: 'ERR_USERNAME' })
          return
        }
        const again = parseHtpasswd(document.toBytes())
        expect([again.size, again.get(user)]).toEqual([1, 'hash'])
      }),
      { numRuns: 1000 },
    )
  })

  test('a wrong name changes nothing', () => {
    const document = parse('a:1\nb:2\n')
    expect(() => document.rename('a', 'x:y')).toThrow(expect.objectContaining({ code: 'ERR_USERNAME' }))
    expect(() => document.rename('a', 'x'.repeat(256))).toThrow(
      expect.objectContaining({ code: 'ERR_TOO_LONG' }),
    )
    expect(() => document.rename('a', 'b')).toThrow(expect.objectContaining({ code: 'ERR_USER_EXISTS' }))
    expect(() => document.rename('c', 'd')).toThrow(expect.objectContaining({ code: 'ERR_USER_MISSING' }))
    expect(document.changed).toBe(false)
  })
})

describe('for writers and readers of many users', () => {
  test('the pieces are the bytes', () => {
    const document = parse('a:1\nb:2\nc:3')
    document.set('b', 'N')
    document.set('d', '4')
    expect(Buffer.concat(document.chunks()).toString()).toBe('a:1\nb:N\nc:3\nd:4\n')
  })

  test('with an index the answers are the same', () => {
    const text = Array.from({ length: 2000 }, (_, i) => `user${i % 1500}:${i}\n`).join('')
    const document = parse(text)
    document.buildIndex()
    expect([document.get('user0'), document.get('user1499'), document.has('user1500')]).toEqual([
      '0',
      '1499',
      false,
    ])
    document.set('user7', 'N')
    expect(textOf(document)).toBe(text.replace(/^user7:.*$/gm, 'user7:N'))
  })

  test('a line that is none is noticed', () => {
    expect(parse('a:1\n\n# x\nbroken\nbroken\n').isMalformed).toBe(true)
    expect(parse('a:1\n').isMalformed).toBe(false)
  })
})
