// Text in XML, for property lists and Task Scheduler tasks.
import { HtpasswdError } from '../../../errors.ts'

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' }

/** @throws HtpasswdError `ERR_USAGE` for a character that XML 1.0 cannot express (section 2.2, "Char"). */
export function xmlText(text: string): string {
  const wrong = /[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.exec(text)
  if (wrong !== null) {
    throw new HtpasswdError(
      'ERR_USAGE',
      `expected arguments without control characters, got one in ${JSON.stringify(text)}`,
    )
  }
  return text.replace(/[&<>\r]/g, found => ENTITIES[found] as string)
}
