import { describe, expect, test } from 'vitest'
import { checkAllowPath, checkPrefix, findRoute, isPlainPath } from '../../../../src/http/guard/route.ts'

const root = { prefix: '', allowPaths: new Set(['/health']) }
const below = { prefix: '/mlflow', allowPaths: new Set(['/health']) }

test.each(['/', '/a%2Fb//..;?q=%20#', '/mlflow/x', '/%zz', '/a?b?c'])('the app gets %s unchanged', target =>
  expect(findRoute('GET', target, root)).toMatchObject({ target, open: false }),
)

describe('below a prefix', () => {
  test.each([
    ['/mlflow/', { target: '/', path: '/', open: false }],
    ['/mlflow/x?y', { target: '/x?y', path: '/x', open: false }],
    ['/mlflow//x', { target: '//x', path: '//x', open: false }],
    ['/mlflow/health', { target: '/health', path: '/health', open: true }],
    ['/mlflow', { redirect: '/mlflow/' }],
    ['/mlflow?x=1', { redirect: '/mlflow/?x=1' }],
    ['/mlflowx', 'not-found'],
    ['/x', 'not-found'],
    ['/MLFLOW/x', 'not-found'],
    ['/health', 'not-found'],
  ])('%s', (target, route) => expect(findRoute('GET', target, below)).toEqual(route))
})

test('an open path may be configured with the prefix', () => {
  const options = { prefix: '/mlflow', allowPaths: new Set(['/mlflow/health']) }
  expect(findRoute('GET', '/mlflow/health', options)).toMatchObject({ open: true })
})

test.each([
  ['GET', '/health', true],
  ['HEAD', '/health', true],
  ['GET', '/health?x=1', true],
  ['POST', '/health', false],
  ['GET', '/healthX', false],
  ['GET', '/health/', false],
  ['GET', '/health/..', false],
  ['GET', '//health', false],
  ['GET', '/HEALTH', false],
  ['GET', '/%68ealth', false],
  ['GET', '/x/../health', false],
  ['GET', '/admin?x=/health', false],
])('%s %s is open: %s', (method, target, open) =>
  expect(findRoute(method, target, root)).toMatchObject({ open }),
)

test.each([
  ['/mlflow', '/mlflow'],
  ['/a/b/', '/a/b'],
  ['', ''],
  ['/', ''],
])('the prefix %j becomes %j', (given, used) => expect(checkPrefix(given)).toBe(used))
test.each(['mlflow', '/a//b', '/a b', '/ä', '/a?b', '//'])('the prefix %j is invalid', prefix =>
  expect(() => checkPrefix(prefix)).toThrow('"prefix"'),
)
test.each(['health', '/a?b', '/a#b', '/a b', '/ä', ''])('the open path %j is invalid', path =>
  expect(() => checkAllowPath(path)).toThrow('"allowPaths"'),
)

test.each([
  ['/', true],
  ['/a/b-c_d~e.f', true],
  ['/a%20b/%C3%A9', true],
  ['/...', true],
  ['/a/.hidden', true],
  ['/a/..', false],
  ['/a/./b', false],
  ['/%2e%2E/b', false],
  ['/.%2e/b', false],
  ['/a%2fb', false],
  ['/a%5Cb', false],
  ['/a\\b', false],
  ['/a;x=1/b', false],
  ['/a%252e', false],
  ['/a%00', false],
])('%s is a plain path: %s', (path, plain) => expect(isPlainPath(path)).toBe(plain))
