// The texts of the pages are complete and translated in every language.
import { expect, test } from 'vitest'
import { languages, texts } from '../../../../../src/http/pages/texts.ts'

type Entry = readonly [path: string, text: string]
const entries = (value: object, path = ''): Entry[] =>
  Object.entries(value).flatMap(([name, item]) =>
    typeof item === 'string' ? [[`${path}${name}`, item] as const] : entries(item, `${path}${name}.`),
  )
const english = new Map(entries(texts.en))

test.each(languages)('%s has the same entries as English, and the same placeholders', lang => {
  const own = entries(texts[lang])
  expect(own.map(([path]) => path)).toEqual([...english.keys()])
  for (const [path, text] of own) {
    const before = english.get(path) ?? ''
    expect(text === '', path).toBe(before === '')
    expect(text.match(/\{\w+\}/g), path).toEqual(before.match(/\{\w+\}/g))
    expect(text, path).not.toMatch(/<|&/)
    if (lang !== 'en' && text !== '') expect(text, path).not.toBe(before)
  }
})
