// The texts of all pages, by language. A translation is one file in texts/.
import { de } from './texts/de.ts'
import { en, type Texts } from './texts/en.ts'
import { fr } from './texts/fr.ts'

export const texts = { en, de, fr } as const satisfies Readonly<Record<string, Texts>>

/** A language in which there are pages. */
export type Language = keyof typeof texts

export const languages = Object.keys(texts) as Language[]
