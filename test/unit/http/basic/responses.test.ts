// Complete responses: their length is that of the bytes, and nothing stores or reinterprets them.
import { expect, test } from 'vitest'
import { textResponse } from '../../../../src/http/basic/responses.ts'

test('a text response has its length in bytes', () => {
  expect(textResponse(404, 'nö', { 'x-more': 'yes' })).toEqual({
    status: 404,
    body: 'nö\n',
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'content-length': '4',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-more': 'yes',
    },
  })
})
