// The check that a file is no UTF-16: in it neither Apache nor nginx finds a user.
import { HtpasswdError } from '../errors.ts'

/**
 * UTF-16 has a byte order mark, or a NUL in every other byte of its ASCII.
 *
 * @throws HtpasswdError `ERR_UTF16`.
 */
export function rejectUtf16(bytes: Buffer): void {
  const mark = bytes.length >= 2 ? bytes.readUInt16BE(0) : 0
  const nuls = bytes.length >= 4 ? [0, 1, 2, 3].map(i => bytes[i] === 0).join() : ''
  const alternating = nuls === 'false,true,false,true' || nuls === 'true,false,true,false'
  if (mark !== 0xfffe && mark !== 0xfeff && !alternating) return
  throw new HtpasswdError(
    'ERR_UTF16',
    'expected UTF-8 or ASCII text, got UTF-16, as Windows PowerShell writes with ">". ' +
      'Save the file as UTF-8, or in PowerShell: (Get-Content FILE) | Set-Content -Encoding ascii FILE',
  )
}
