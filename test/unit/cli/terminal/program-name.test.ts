// The name of the command in hints is the one by which the program was called.
import { delimiter } from 'node:path'
import { expect, test } from 'vitest'
import { asCalled, programName } from '../../../../src/cli/terminal/program-name.ts'

const npx = { npm_lifecycle_event: 'npx', npm_lifecycle_script: "'htpasswd-kit'" }
const PATH = ['/usr/bin', '/venv/bin', 'C:\\venv\\Scripts'].join(delimiter)

test.each<[string, string, NodeJS.ProcessEnv, string[]]>([
  ['a global installation', 'htpasswd', {}, ['/usr/bin/node', '/usr/bin/htpasswd']],
  ['its other name', 'htpasswd-kit', {}, ['/usr/bin/node', '/usr/bin/htpasswd-kit']],
  [
    'npm on Windows',
    'htpasswd',
    {},
    ['C:\\node\\node.exe', 'C:\\npm\\node_modules\\htpasswd-kit\\bin\\htpasswd.js'],
  ],
  ['npx', 'npx htpasswd-kit', npx, ['/usr/bin/node', '/p/bin/htpasswd.js']],
  [
    'what npx has fetched',
    'npx htpasswd-kit',
    {},
    ['/usr/bin/node', '/c/_npx/5a/node_modules/htpasswd-kit/bin/htpasswd.js'],
  ],
  [
    'a test runner under npx',
    'htpasswd',
    { ...npx, npm_lifecycle_script: "'vitest'" },
    ['/usr/bin/node', '/p/bin/htpasswd.js'],
  ],
  ["a project's copy", 'npx htpasswd-kit', {}, ['/usr/bin/node', '/p/node_modules/.bin/htpasswd']],
  ['a checkout', 'npm start --', {}, ['/usr/bin/node', '/p/bin/start.js']],
  [
    'bunx',
    'bunx htpasswd-kit',
    {},
    ['/b/bun', '/tmp/bunx-0-htpasswd-kit@latest/node_modules/.bin/htpasswd-kit'],
  ],
  [
    'pnpm dlx',
    'pnpm dlx htpasswd-kit',
    { npm_config_user_agent: 'pnpm/10.1.0 npm/? node/v22' },
    ['/usr/bin/node', '/c/pnpm/dlx/a/node_modules/htpasswd-kit/bin/htpasswd.js'],
  ],
  ['the library in some program', 'htpasswd', {}, ['/usr/bin/node', '/p/server.js']],
  ['an executable on the PATH', 'htpasswd', { PATH }, ['/venv/bin/htpasswd', 'htpasswd']],
  [
    'as PowerShell passes it',
    'htpasswd',
    { PATH: '/venv/bin' },
    ['/venv/bin/htpasswd.exe', '/venv/bin/htpasswd.exe'],
  ],
  [
    'an executable elsewhere',
    './htpasswd-linux-x64',
    { PATH },
    ['/p/htpasswd-linux-x64', './htpasswd-linux-x64'],
  ],
  ['one with a blank', "'/my apps/htpasswd'", { PATH }, ['/my apps/htpasswd', '/my apps/htpasswd']],
  ['a wheel', 'htpasswd-kit', { PATH }, ['/venv/bin/htpasswd', 'htpasswd-kit']],
  [
    'a wheel as a module',
    'python3 -m htpasswd_kit',
    { PATH },
    ['/venv/bin/htpasswd', 'python3 -m htpasswd_kit'],
  ],
])('%s: %s', (_, name, env, argv) => {
  // a drive's colon is the PATH's delimiter here
  expect(programName(env, argv)).toBe(process.platform === 'win32' ? name.replaceAll("'", '"') : name)
})

test.each([
  ['Fix it with: htpasswd fix FILE (or save it)', 'Fix it with: npx htpasswd-kit fix FILE (or save it)'],
  ['htpasswd -B -C 12 FILE USER', 'npx htpasswd-kit -B -C 12 FILE USER'],
  ['htpasswd: cannot open file x', 'htpasswd: cannot open file x'],
  ["differs from Apache's htpasswd only", "differs from Apache's htpasswd only"],
])('%s', (text, expected) => {
  expect(asCalled(text, 'npx htpasswd-kit')).toBe(expected)
  expect(asCalled(text, 'htpasswd')).toBe(text)
})
