// The texts of all pages, by language. A translation is one file in texts/.
import { HtpasswdError } from '../../errors.ts'
import { de } from './texts/de.ts'
import { en } from './texts/en.ts'
import { fr } from './texts/fr.ts'
import type { Texts } from './texts/page-texts.ts'

export const texts = { en, de, fr } as const satisfies Readonly<Record<string, Texts>>

/** A language in which there are pages. */
export type Language = keyof typeof texts

export const languages = Object.keys(texts) as Language[]

/** Checks the option `lang`. @throws HtpasswdError `ERR_OPTION` for another language. */
export function checkLanguage(lang: Language): Language {
  if (languages.includes(lang)) return lang
  throw new HtpasswdError(
    'ERR_OPTION',
    `"lang" expected one of ${languages.join(', ')}, got ${JSON.stringify(lang)}`,
  )
}
