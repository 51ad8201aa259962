// Results are remembered by method and path, in bounded number.
import { expect, test } from 'vitest'
import { memoizeByRequest } from '../../../src/access/memoize.ts'

function counted() {
  const asked: string[] = []
  const find = memoizeByRequest((method, path) => {
    asked.push(`${method} ${path}`)
    return path === '/none' ? undefined : `${method} ${path}`
  })
  return { asked, find }
}

test('a question is answered once, also where the answer is undefined', () => {
  const { asked, find } = counted()
  for (const path of ['/a', '/none', '/a', '/none'])
    expect(find('GET', path)).toBe(path === '/a' ? 'GET /a' : undefined)
  expect(asked).toEqual(['GET /a', 'GET /none'])
})

test('another method or path is another question', () => {
  const { find } = counted()
  expect([find('GET', '/a'), find('PUT', '/a'), find('GET', '/a ')]).toEqual(['GET /a', 'PUT /a', 'GET /a '])
})

test('a client that invents paths does not fill the memory', () => {
  const { asked, find } = counted()
  for (let i = 0; i < 1_001; i++) find('GET', `/${i}`)
  find('GET', '/0')
  const long = `/${'x'.repeat(200)}`
  find('GET', long)
  find('GET', long)
  expect(asked.length).toBe(1_001 + 1 + 2)
})
