// The check that a file is a password file at all, before the classic command reads or changes it.
import type { HtpasswdDocument } from '../document/document.ts'
import { HtpasswdError } from '../errors.ts'

/** A line without a colon says that this is some other file; Apache's command stops there too. */
export function rejectMalformed(document: HtpasswdDocument, file: string): void {
  if (document.malformedLine() === undefined) return
  throw new HtpasswdError('ERR_RECORD', `The file ${file} does not appear to be a valid htpasswd file.`)
}
