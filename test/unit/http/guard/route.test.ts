import { describe, expect, test } from 'vitest'
import { checkAllowPath, checkPrefix, findRoute } from '../../../../src/http/guard/route.ts'

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
