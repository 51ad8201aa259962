// The forms of a Unix socket in options, on each system.
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { readSocketName } from '../../../src/platform/unix-socket.ts'

test.each([
  ['unix:/run/app.sock', '/run/app.sock'],
  ['unix:/run/app.sock:', '/run/app.sock'],
  ['unix:/run/app.sock:/', '/run/app.sock'],
  ['http://unix:/run/app.sock:/', '/run/app.sock'],
  ['unix:///run/app.sock', '/run/app.sock'],
  ['unix//run/app.sock', '/run/app.sock'],
  ['unix:app.sock', resolve('app.sock')],
  ['unix:/a folder/50%.sock', '/a folder/50%.sock'],
  ['http://unix.example', undefined],
  ['8080', undefined],
  ['/run/app.sock', undefined],
])('%s is the socket %s', (text, path) => expect(readSocketName(text, 'linux')).toBe(path))

test.each([
  ['unix:', 'expected the path of a socket such as unix:/run/app.sock, got "unix:"'],
  ['unix:/run/', 'expected the path of a socket'],
  ['unix://host/app.sock', 'expected the path of a socket'],
  ['unix:@app', 'an abstract one has no permissions, got "unix:@app"; use unix:/run/NAME.sock'],
  ['unix:/app.sock:/v1', 'expected a socket without a path behind it, such as unix:/app.sock'],
  [`unix:/${'x'.repeat(107)}`, 'expected a path of at most 107 bytes'],
])('%s is refused', (text, message) => expect(() => readSocketName(text, 'linux')).toThrow(message))

test('macOS and the BSDs take shorter paths', () => {
  expect(() => readSocketName(`unix:/${'x'.repeat(103)}`, 'darwin')).toThrow('at most 103 bytes')
})

test('on Windows there are none', () => {
  expect(() => readSocketName('unix:/run/app.sock', 'win32')).toThrow('no Unix sockets on Windows')
})
