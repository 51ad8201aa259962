// Errors of the system get the package's names, and tell that nothing was lost.
import { expect, test } from 'vitest'
import { HtpasswdError } from '../../../src/errors.ts'
import { fileError, isHeldOpen, isMissing, readError } from '../../../src/store/file-error.ts'

const systemError = (code: string) => Object.assign(new Error(`${code}: it failed`), { code })

test.each([
  ['ENOSPC', 'ERR_FILE_WRITE', 'cannot write x: the disk is full; the file is as it was'],
  ['EDQUOT', 'ERR_FILE_WRITE', 'cannot write x: the disk is full; the file is as it was'],
  ['EIO', 'ERR_FILE_WRITE', 'cannot write x: EIO: it failed; the file is as it was'],
  ['EFBIG', 'ERR_FILE_WRITE', 'cannot write x: EFBIG: it failed; the file is as it was'],
  ['EACCES', 'ERR_FILE_ACCESS', 'cannot write x: EACCES: it failed; the file is as it was'],
  [
    'EROFS',
    'ERR_FILE_ACCESS',
    'cannot write x: it is mounted read-only here; change it where it comes from, such as the Secret or the folder of the host; the file is as it was',
  ],
])('%s', (errno, code, message) => {
  const cause = systemError(errno)
  expect(fileError(cause, 'cannot write', 'x')).toMatchObject({
    name: 'HtpasswdError',
    code,
    message,
    cause,
    exitStatus: 1,
  })
})

test.each([
  ['ENOENT', 'there is no such file'],
  ['EACCES', 'permission denied'],
  ['EISDIR', 'it is a folder, not a regular file'],
  ['EIO', 'EIO: it failed'],
])('a read that fails with %s', (errno, reason) => {
  const cause = systemError(errno)
  const error = { code: 'ERR_FILE_ACCESS', message: `cannot read x: ${reason}`, cause }
  expect(readError(cause, 'x')).toMatchObject(error)
})

test('an HtpasswdError stays as it is', () => {
  const error = new HtpasswdError('ERR_FILE_BUSY', 'busy')
  expect(fileError(error, 'cannot write', 'x')).toBe(error)
  expect(readError(error, 'x')).toBe(error)
})

test('what is missing, and what may go through a moment later', () => {
  const codes = ['ENOENT', 'EPERM', 'EACCES', 'EBUSY', 'ENOSPC']
  expect(codes.filter(code => isMissing(systemError(code)))).toEqual(['ENOENT'])
  expect(codes.filter(code => isHeldOpen(systemError(code)))).toEqual(['EPERM', 'EACCES', 'EBUSY'])
  expect([isMissing(undefined), isHeldOpen(new Error('x'))]).toEqual([false, false])
})
