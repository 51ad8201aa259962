// The common parts of pages with forms.
import { escapeHtml } from '../basic/html.ts'
import { contactLink } from './error-responses.ts'
import { type Language, texts } from './texts.ts'

/** The settings of all pages of one guard. */
export interface PageLook {
  readonly lang: Language
  readonly realm: string
  readonly contact: string | undefined
  /** A paragraph on the sign-in page. */
  readonly loginText: string | undefined
  /** The path below which the guard serves. */
  readonly prefix: string
}

/** The notice at the top of a page, after an action or a failure. */
export interface Notice {
  readonly kind: 'done' | 'error'
  readonly text: string
}

/** A text as HTML, with values in place of the names in braces. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return escapeHtml(text).replace(/\{(\w+)\}/g, (whole, name: string) =>
    values[name] === undefined ? whole : escapeHtml(String(values[name])),
  )
}

/** A text as HTML, with the contact in place of `{contact}`. */
export const withContact = (text: string, { contact, lang }: PageLook): string =>
  escapeHtml(text).replace('{contact}', () =>
    contact === undefined ? escapeHtml(texts[lang].defaultContact) : contactLink(contact),
  )

/**
 * Screen readers say what has the focus when a page opens, and few of them a live region that was there from the start: so a
 * field that gets the focus refers to it by its id, and where there is none, it gets the focus itself.
 */
export const noticeHtml = (notice: Notice | undefined, takesFocus = false): string =>
  notice === undefined
    ? ''
    : `<p class="notice ${notice.kind}" id="notice"${takesFocus ? ' tabindex="-1" autofocus' : ''} role="${notice.kind === 'error' ? 'alert' : 'status'}">${escapeHtml(notice.text)}</p>`

/** A password field with its label. */
export function passwordField(
  id: string,
  label: string,
  { autocomplete, attributes = '' }: { readonly autocomplete: string; readonly attributes?: string },
): string {
  return `<label for="${id}">${escapeHtml(label)}</label>
<input id="${id}" name="${id}" type="password" autocomplete="${autocomplete}" required${attributes}>`
}
