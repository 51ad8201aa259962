// CSV as editors write it: separators, quotes, headers, line ends.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readCsv } from '../../../../../src/cli/commands/import/csv.ts'

const read = (text: string) => readCsv(Buffer.from(text))

test.each<[string, string, object[]]>([
  ['a header', 'user,password\na,b\n', [{ line: 2, user: 'a', password: 'b' }]],
  ['a header in another order', 'Hash;Login\nh;a\n', [{ line: 2, user: 'a', hash: 'h' }]],
  [
    'no header',
    'a,b\nc,d\n',
    [
      { line: 1, user: 'a', value: 'b' },
      { line: 2, user: 'c', value: 'd' },
    ],
  ],
  ['tabs', 'a\tb\n', [{ line: 1, user: 'a', value: 'b' }]],
  ['a separator of another kind in a cell', 'a;b,c\n', [{ line: 1, user: 'a', value: 'b,c' }]],
  ['a separator in quotes', '"a,b";c\n', [{ line: 1, user: 'a,b', value: 'c' }]],
  ['quotes', 'a,"b ""c"", d"\n', [{ line: 1, user: 'a', value: 'b "c", d' }]],
  ['whitespace stays', 'a, b \n', [{ line: 1, user: 'a', value: ' b ' }]],
  [
    'users alone',
    'user\na\nb\n',
    [
      { line: 2, user: 'a' },
      { line: 3, user: 'b' },
    ],
  ],
  [
    'empty cells',
    'user,password\na,\nb\n',
    [
      { line: 2, user: 'a', password: '' },
      { line: 3, user: 'b' },
    ],
  ],
  ['empty cells behind', 'a;b;;\n', [{ line: 1, user: 'a', value: 'b' }]],
  ['newlines of all kinds', 'a,b\r\nc,d\ne,f\rg,h', ['a', 'c', 'e', 'g'].map(user => ({ user }))],
  ['blank lines', '\n\na,b\n\n', [{ user: 'a' }]],
  ['letters are bytes', 'ü,é\n', [{ line: 1, user: 'ü', value: '\xc3\xa9' }]],
  ['a separator that is declared', 'sep=;\r\nuser;hash\r\na,b;h\r\n', [{ line: 3, user: 'a,b', hash: 'h' }]],
  ['nothing', '', []],
])('%s', async (_what, text, rows) => {
  const found = (await read(text)).rows
  expect(found).toMatchObject(rows)
  expect(found).toHaveLength(rows.length)
})

test('columns that are ignored are named', async () => {
  expect((await read('name,E-mail,password\na,b,c\n')).unused).toEqual(['E-mail'])
  expect((await read('a,b\n')).unused).toEqual([])
})

test.each([
  ['a cell too many', 'a,over the,hills\n', 1, /^expected 2 cells, got 3; put a cell with a separator/],
  ['a cell more than the header', 'user,hash,password\na,,over the,hills\n', 2, /^expected 3 cells, got 4/],
  ['a quote that does not close', 'a,b\nc,"over the hills\n', 2, /^expected CSV, got unbalanced quotes/],
  ['a quote in a cell', 'a,b\nc,over"the hills\n', 2, /^expected CSV, got unbalanced quotes/],
  ['text behind a quote', 'a,b\nc,"over the"hills\n', 2, /^expected CSV, got unbalanced quotes/],
  [
    'a header without its column',
    'name,email\nover the,hills\n',
    1,
    /^expected a column "password" or "hash" in the header/,
  ],
])('%s is refused', async (_what, text, line, problem) => {
  const { rows } = await read(text)
  expect(rows.filter(row => 'problem' in row)).toEqual([{ line, problem: expect.stringMatching(problem) }])
  expect(JSON.stringify(rows.filter(row => 'problem' in row))).not.toMatch(/hills/)
})

test('law: what a spreadsheet writes is read as it was', async () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'b', ',', ';', '"', ' ', '\n', 'é'), minLength: 1 })
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
  const separator = fc.constantFrom(',', ';', '\t')
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(cell, cell)), separator, async (cells, between) => {
      const lines = cells.map(row => row.map(quoted).join(between))
      const { rows } = await read([`user${between}password`, ...lines].join('\r\n'))
      expect(
        rows.map(row => 'user' in row && [row.user, Buffer.from(row.password ?? '', 'latin1').toString()]),
      ).toEqual(cells)
    }),
    { numRuns: 60 },
  )
})
