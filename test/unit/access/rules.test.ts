// Rules: the first one that matches a request decides, and no spelling of a path gets around one.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readingsOf } from '../../../src/access/path-readings.ts'
import { parseRules } from '../../../src/access/rule.ts'
import { createPolicy, createRules } from '../../../src/access/rules.ts'
import { parseGroups } from '../../../src/document/groups.ts'

const groups = parseGroups('admins: root ann\neditors: ann bob\nzoë: jörg\n')
const sender = (user: string, scope: 'all' | 'read' = 'all') => ({ user, groups: [], scope })

describe('who may do what', () => {
  const rules = createRules(
    `# the lab
GET,HEAD /docs/**        valid-user
ANY      /users/**       group:admins user:guest
POST     /runs/*/tags    group:editors
GET      /runs/*/**      valid-user
ANY      /secret         none
DELETE   /own            "user:mary ann"
ANY      /zoe            group:zoë
`,
    { groups },
  )
  test.each<[user: string, request: string, rule: string | undefined, allowed: boolean]>([
    ['guest', 'GET /docs/', 'line 2', true],
    ['guest', 'HEAD /docs/a/b', 'line 2', true],
    ['guest', 'OPTIONS /docs/a', 'line 2', true],
    ['guest', 'POST /docs/a', undefined, false],
    ['guest', 'GET /docs', undefined, false],
    ['guest', 'GET /docsx', undefined, false],
    ['guest', 'get /docs/', undefined, false],
    ['root', 'DELETE /users/bob', 'line 3', true],
    ['guest', 'DELETE /users/bob', 'line 3', true],
    ['bob', 'DELETE /users/bob', 'line 3', false],
    ['bob', 'POST /runs/1/tags', 'line 4', true],
    ['guest', 'POST /runs/1/tags', 'line 4', false],
    ['bob', 'POST /runs//tags', undefined, false],
    ['bob', 'POST /runs/1/2/tags', undefined, false],
    ['guest', 'GET /runs/1/', 'line 5', true],
    ['guest', 'GET /runs/1/a/b', 'line 5', true],
    ['guest', 'GET /runs/1', undefined, false],
    ['ann', 'GET /secret', 'line 6', false],
    ['mary ann', 'DELETE /own', 'line 7', true],
    ['mary', 'DELETE /own', 'line 7', false],
    ['jo\u0308rg', 'PUT /zoe', 'line 8', true],
    ['', 'GET /nothing', undefined, false],
  ])('%s: %s', (user, request, rule, allowed) => {
    const [method = '', path = ''] = request.split(' ')
    const decision = rules.decide(sender(user), method, path)
    expect(decision).toMatchObject({ allowed })
    if (rule === undefined) expect(decision.rule).toBeUndefined()
    else expect(decision.rule).toMatch(new RegExp(`^${rule}: `))
  })

  test('groups of the login count as those of the file', () => {
    expect(rules.decide({ user: 'x', groups: ['admins'], scope: 'all' }, 'GET', '/users/')).toMatchObject({
      allowed: true,
    })
  })

  test.each([
    ['GET', '/users/x', 'zed may not GET /users/x: that is for group:admins or user:guest'],
    ['GET', '/secret', 'GET /secret is closed to everyone'],
    ['POST', '/docs/', 'no rule allows POST /docs/'],
    ['GET', '/docs/../x', 'no rule allows GET /docs/../x: apps may read that path in different ways'],
    ['GET', `/${'x'.repeat(300)}`, `no rule allows GET /${'x'.repeat(199)}…`],
  ])('a refusal says why: %s %s', (method, path, reason) => {
    expect(rules.decide(sender('zed'), method, path)).toMatchObject({ allowed: false, reason })
  })
})

describe('a path that is not plain', () => {
  const rules = createRules(
    [
      'ANY /api/users/** group:admins',
      'ANY /private/** none',
      'GET /files/** valid-user',
      'GET /one/* valid-user',
      'POST /api/create group:editors',
      'GET /wide/*/end valid-user',
    ],
    { groups },
  )
  test.each<[user: string, request: string, allowed: boolean]>([
    // what artifacts and tags are called
    ['bob', 'GET /files/a%2Fb.txt', true],
    ['bob', 'GET /one/a%2Fb', true],
    ['bob', 'GET /files/100%25', true],
    ['bob', 'GET /files/caf%C3%A9;v=1', true],
    ['bob', 'GET /files//x', true],
    ['bob', 'GET /files/...', true],
    ['bob', 'GET /wide/a%2Fb/end', true],
    // the literal part as other bytes
    ['bob', 'POST /api/%63reate', false],
    ['bob', 'POST /api%2Fcreate', false],
    ['bob', 'POST //api/create', false],
    ['bob', 'POST /api//create', false],
    ['bob', 'POST /api/./create', false],
    ['bob', 'POST /api/create/', false],
    ['bob', 'POST /api/create;x', false],
    ['bob', 'POST /API/create', false],
    ['bob', 'POST /api/create%00', false],
    ['bob', 'POST /api/create%20', false],
    ['bob', 'POST /api\\create', false],
    ['bob', 'POST /api%5Ccreate', false],
    ['bob', 'POST /api/%2563reate', false],
    // out of the part that a wildcard stands for
    ['bob', 'GET /files/../private/x', false],
    ['bob', 'GET /files/%2e%2e/private/x', false],
    ['bob', 'GET /files/%252e%252e/private/x', false],
    ['bob', 'GET /files/..%2Fprivate/x', false],
    ['bob', 'GET /files/a%2F..%2F..%2Fx', false],
    ['bob', 'GET /files/..;/private/x', false],
    ['bob', 'GET /files/..%3B/private/x', false],
    ['bob', 'GET /files/..\\private', false],
    ['bob', 'GET /files/..', false],
    ['bob', 'GET /files/%u002e%u002e/x', false],
    ['bob', 'GET /files/a%00b', false],
    ['bob', 'GET /one/..', false],
    ['bob', 'GET /wide/%2e%2e/end', false],
  ])('%s: %s', (user, request, allowed) => {
    const [method = '', path = ''] = request.split(' ')
    expect(rules.decide(sender(user), method, path).allowed).toBe(allowed)
  })

  const wide = createRules(['ANY /private/** none', 'ANY /users/** group:admins', 'ANY /** valid-user'], {
    groups,
  })
  test.each([
    '/private/x',
    '/%70rivate/x',
    '//private/x',
    '/x/../private/x',
    '/private%2Fx',
    '/x%2F..%2Fprivate/x',
    '/%2570rivate/x',
    '/private;a=b/x',
    '\\private\\x',
    '/users/create',
    '/%75sers/create',
    '/./users/',
    '/a/%2e%2e/users;x/create',
  ])('%s is refused where a later rule allows everything', path => {
    expect(wide.decide(sender('bob'), 'POST', path)).toMatchObject({ allowed: false })
  })

  test('a rule that refuses nobody who asks leaves the path to the rules after it', () => {
    expect(wide.decide(sender('ann'), 'POST', '/%75sers/create')).toMatchObject({ allowed: true })
  })
})

describe('no spelling gets a user more than the plain path does', () => {
  const literals = ['a', 'b', 'users']
  const path = fc
    .array(fc.constantFrom(...literals, 'x'), { minLength: 1, maxLength: 4 })
    .map(segments => `/${segments.join('/')}`)
  const pattern = fc
    .tuple(fc.array(fc.constantFrom(...literals, '*'), { maxLength: 3 }), fc.constantFrom('', '/**', '/'))
    .map(([segments, end]) => `/${segments.join('/')}${end}`.replace(/^\/\//, '/'))
  const rules = fc.array(
    fc
      .tuple(pattern, fc.constantFrom('none', 'valid-user', 'user:ann', 'user:bob'))
      .map(([p, who]) => `GET ${p} ${who}`),
    { minLength: 1, maxLength: 5 },
  )
  /** Ways to write a path so that some app reads the same one. */
  const tricks = fc.array(
    fc.constantFrom<(path: string) => string>(
      p => p.replace(/[a-z]/, letter => `%${letter.charCodeAt(0).toString(16)}`),
      p => p.replace(/(.+)\//, '$1%2f'),
      p => p.replace('/', '//'),
      p => p.replace(/(.+)\//, '$1\\'),
      p => p.replace(/\/([^/]+)$/, '/x/../$1'),
      p => p.replace('/', '/%2e/'),
      p => p.replaceAll('%', '%25'),
      p => `${p};v=1`,
      p => p.replace(/\/([^/]+)$/, ';v/$1'),
    ),
    { maxLength: 3 },
  )

  test('if it is allowed, no rule refuses what an app could read in it', () => {
    fc.assert(
      fc.property(rules, path, tricks, (lines, plain, changes) => {
        const policy = createRules(lines)
        const written = changes.reduce((p, change) => change(p), plain)
        if (!policy.decide(sender('bob'), 'GET', written).allowed) return
        for (const reading of readingsOf(written)) {
          const decision = policy.decide(sender('bob'), 'GET', reading)
          expect({
            lines,
            written,
            reading,
            refusedBy: decision.allowed ? undefined : decision.rule,
          }).toMatchObject({
            refusedBy: undefined,
          })
        }
      }),
      { numRuns: 3000 },
    )
  })

  test('the readings of a path include the one that it was written for', () => {
    fc.assert(
      fc.property(path, tricks, (plain, changes) => {
        const written = changes.reduce((p, change) => change(p), plain)
        expect(readingsOf(written)).toContain(plain)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('a rule that is none', () => {
  test.each([
    ['GET', 'expected METHODS PATH SUBJECTS, such as "GET /docs/** valid-user", got one word'],
    ['GET /', 'expected METHODS PATH SUBJECTS'],
    ['get / valid-user', 'expected methods such as GET,POST, or ANY alone, got "get"'],
    ['ANY,GET / valid-user', 'expected methods such as GET,POST, or ANY alone, got "ANY,GET"'],
    ['GET, / valid-user', 'expected methods'],
    ['GET docs/** valid-user', 'expected a path such as /docs/** or /runs/*/tags, got "docs/**"'],
    ['GET ^/docs valid-user', 'expected a path such as'],
    ['GET /docs/*.html valid-user', 'expected "*" to stand for a whole segment, got "/docs/*.html"'],
    ['GET /**/docs valid-user', 'expected "**" at the end, got "/**/docs"'],
    ['GET /docs?x valid-user', 'expected a path without a query, got "/docs?x"'],
    ['GET /caf\u00e9 valid-user', 'expected the path as it is sent, such as /caf%C3%A9, got "/caf\u00e9"'],
    ['GET /a//b valid-user', 'expected a path without "//"'],
    ['GET /a/../b valid-user', 'expected a path without "//"'],
    ['GET /a%2Fb valid-user', 'expected a path without "//"'],
    ['GET /%61 valid-user', 'expected a path without "//"'],
    ['GET /a;b valid-user', 'expected a path without "//"'],
    ['GET / anyone', 'expected valid-user, user:NAME, group:NAME or none, got "anyone"'],
    ['GET / user:', 'expected valid-user, user:NAME, group:NAME or none, got "user:"'],
    ['GET / none user:ann', 'expected "none" alone, got none user:ann'],
    ['GET / "user:ann', 'expected a closing ", got the end of the line'],
    ['GET @mlflow/read valid-user', '@mlflow/read needs --preset mlflow'],
  ])('%s', (line, message) => {
    expect(() => parseRules(`# first\n${line}\n`, 'rules')).toThrow(`rules:2: ${message}`)
    expect(() => createRules(['GET / none', line])).toThrow(`rule 2: ${message}`)
  })

  test('a file without rules, or in UTF-16', () => {
    expect(() => parseRules('# nothing\n', 'rules')).toThrow('rules: expected at least one rule')
    expect(() => createRules([])).toThrow('expected at least one rule')
    expect(() => parseRules(Buffer.from('GET / none\n', 'utf16le'), 'rules')).toThrow('got UTF-16')
  })

  test('a byte order mark and CRLF are no mistakes', () => {
    expect(parseRules('\ufeffGET / none\r\n# x\r\n').map(rule => rule.text)).toEqual(['GET / none'])
  })
})

describe('what credentials are good for', () => {
  const preset = {
    name: 'test',
    madeFrom: 'test',
    classify: (method: string, path: string) =>
      path.startsWith('/admin')
        ? ('admin' as const)
        : method === 'GET' || path === '/search'
          ? ('read' as const)
          : ('write' as const),
    find: () => undefined,
    describe: () => '',
  }
  test.each([
    ['GET', '/x', undefined, true],
    ['HEAD', '/x', undefined, true],
    ['OPTIONS', '/x', undefined, false],
    ['POST', '/search', undefined, false],
    ['POST', '/search', preset, true],
    ['POST', '/x', preset, false],
    ['GET', '/admin', preset, false],
  ])('scope read: %s %s', (method, path, known, allowed) => {
    const policy = createPolicy({ preset: known })
    expect(policy.decide(sender('ann', 'read'), method, path).allowed).toBe(allowed)
    expect(policy.decide(sender('ann'), method, path)).toEqual({ allowed: true })
  })

  test('rules name the classes of a preset, and what no rule matches goes to the policy behind them', () => {
    const rules = parseRules('ANY @test/read valid-user\nANY @test/admin group:admins\n', 'rules', preset)
    const otherwise = { decide: () => ({ allowed: true as const, rule: 'behind' }) }
    const policy = createPolicy({ rules: () => rules, groups, preset, otherwise })
    expect(policy.decide(sender('x'), 'POST', '/search')).toMatchObject({
      rule: 'rules:1: ANY @test/read valid-user',
    })
    expect(policy.decide(sender('x'), 'POST', '/admin')).toMatchObject({ allowed: false })
    expect(policy.decide(sender('x'), 'POST', '/x')).toEqual({ allowed: true, rule: 'behind' })
    expect(() => parseRules('ANY @test/reads none', 'rules', preset)).toThrow(
      'rules:1: expected a path or @test/read, @test/write, @test/use, @test/admin, got "@test/reads"',
    )
  })
})
