// Text inside XML: what a property list and a Task Scheduler task are written in.
import { HtpasswdError } from '../../../errors.ts'

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' }

/** @throws HtpasswdError `ERR_USAGE` for a character that XML 1.0 has no way to write (section 2.2, "Char"). */
export function xmlText(text: string): string {
  const wrong = /[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.exec(text)
  if (wrong !== null) {
    throw new HtpasswdError(
      'ERR_USAGE',
      `expected words without control characters, got one in ${JSON.stringify(text)}`,
    )
  }
  return text.replace(/[&<>\r]/g, found => ENTITIES[found] as string)
}
