// The check that a file is a password file at all, before the classic command answers from it or changes it.
import type { HtpasswdDocument } from '../document/document.ts'
import { HtpasswdError } from '../errors.ts'

/** A line without a colon says that this is some other file; Apache's command stops there too. */
export const notAPasswordFile = (file: string): HtpasswdError =>
  new HtpasswdError('ERR_RECORD', `The file ${file} does not appear to be a valid htpasswd file.`)

/** @throws HtpasswdError for a document that is none of a password file. */
export function rejectMalformed(document: HtpasswdDocument, file: string): void {
  if (document.isMalformed) throw notAPasswordFile(file)
}
