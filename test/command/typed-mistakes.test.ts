// Wrong command lines of people who know other programs: Apache, nginx, Caddy, oauth2-proxy, Docker. Each gets one sentence
// that says what was expected, what came and what to do, and creates and changes nothing.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { recordedIo } from '../support/recorded-io.ts'

const here = process.cwd()
const users = 'admin:{SHA}0DPiKuNIrrVmD8IUCuw1hQxNqZc=\nbob:{SHA}0DPiKuNIrrVmD8IUCuw1hQxNqZc=\n'
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mistakes-'))
  writeFileSync(join(folder, 'mlflow-authfile'), users)
  process.chdir(folder)
})
afterEach(() => {
  process.chdir(here)
  rmSync(folder, { recursive: true, force: true })
})

const unknown = (option: string, hint: string) => `: unknown option ${option}; ${hint}`

/** The line without `htpasswd`, the status, and a part of what is said. FILE stands for mlflow-authfile. */
const rows: readonly [line: string, status: number, answer: string][] = [
  // options of serve, as other programs call them
  [
    'serve FILE --viewers bob',
    2,
    unknown('--viewers', 'use --readers "user:bob group:viewers" with --preset'),
  ],
  ['serve FILE --viewer bob', 2, 'use --readers'],
  ['serve FILE --reader bob', 2, unknown('--reader', 'did you mean --readers?')],
  ['serve FILE --skip /health', 2, unknown('--skip', 'use --allow-path PATH')],
  ['serve FILE --skip-auth-route /health', 2, 'use --allow-path PATH'],
  ['serve FILE --logout', 2, unknown('--logout', 'use --login')],
  ['serve FILE --acme', 2, "certificates of Let's Encrypt are made by other programs"],
  ['serve FILE --oidc', 2, 'use --oidc-issuer URL with --oidc-client-id ID'],
  ['serve FILE --sso', 2, 'use --oidc-issuer'],
  ['serve FILE --client-id x', 2, 'use --oidc-client-id ID'],
  ['serve FILE --email-domain example.org', 2, 'use --oidc-allow domain:NAME'],
  ['serve FILE --cookie-secret x', 2, 'use --session-secret-file FILE'],
  ['serve FILE --basic-auth users', 2, 'htpasswd serve FILE'],
  ['serve FILE --auth users', 2, 'htpasswd serve FILE'],
  ['serve FILE --password x', 2, 'users are in the password file'],
  ['serve FILE --user bob', 2, 'users are in the password file'],
  ['serve FILE --bind 0.0.0.0', 2, unknown('--bind', 'use --listen [HOST:]PORT')],
  ['serve FILE --ssl', 2, unknown('--ssl', 'use --https')],
  ['serve FILE --cert a.pem', 2, 'use --tls-cert FILE'],
  ['serve FILE --http2', 2, 'the guard speaks HTTP/1.1'],
  ['serve FILE --redis redis://x', 2, 'use --redis-url URL'],
  ['serve FILE --metrics-address :9000', 2, 'use --metrics [HOST:]PORT'],
  ['serve FILE --client_max_body_size 10m', 2, 'uploads have no limit of size'],
  ['serve FILE --proxy_pass http://127.0.0.1:5000', 2, unknown('--proxy_pass', 'use --upstream URL')],
  ['serve FILE --allowPath /x', 2, unknown('--allowPath', 'did you mean --allow-path?')],
  ['serve FILE -port 9000', 2, unknown('-port', 'did you mean --port, with two hyphens?')],
  ['serve FILE -proxy http://127.0.0.1:5000', 2, unknown('-proxy', 'use --upstream URL')],
  ['service install FILE --target 5000', 2, 'htpasswd service: unknown option --target; use --upstream URL'],
  // arguments of serve
  ['serve 5000', 2, 'expected a password file, got 5000; name the app with --upstream 5000'],
  ['serve localhost:5000', 2, 'name the app with --upstream localhost:5000'],
  ['serve FILE http://localhost:5000', 2, 'name the app with --upstream http://localhost:5000'],
  ['serve FILE upstream=5000', 2, 'did you mean --upstream 5000?'],
  ["serve FILE --upstream 'http://127.0.0.1:5000'", 2, 'leave the quotes out, or write double quotes'],
  ['serve FILE --upstream=', 2, '--upstream expected a URL such as http://127.0.0.1:5000, got ""'],
  ['serve FILE --upstream 5000 --port=', 2, '--port expected a whole number from 0 to 65535, got ""'],
  ['serve FILE --host', 2, '--host needs HOST'],
  // what PowerShell makes of `serve -- mlflow server`
  ['serve mlflow server', 1, 'cannot read .htpasswd: there is no such file'],
  // words for a command
  ['list-users FILE', 1, 'did you mean: htpasswd list FILE'],
  ['users-list FILE', 1, 'did you mean: htpasswd list FILE'],
  ['create FILE carol', 2, 'did you mean: htpasswd add FILE carol'],
  ['create-user FILE carol', 2, 'did you mean: htpasswd add FILE carol'],
  ['reset_password FILE bob', 2, 'did you mean: htpasswd passwd FILE bob'],
  ['delete FILE bob', 2, 'did you mean: htpasswd remove FILE bob'],
  ['verify FILE bob', 2, 'did you mean: htpasswd -v FILE bob'],
  ['verify FILE', 1, 'did you mean: htpasswd -v FILE USER'],
  ['/?', 2, 'did you mean: htpasswd help'],
  ['--hlep', 2, 'unknown option --hlep; did you mean --help?'],
  ['htpasswd FILE bob', 2, 'htpasswd is written twice; leave the second one out'],
  ["'FILE' bob", 1, "'FILE' is not a file, but FILE is; write it without these quotes"],
  // Apache's grammar at a terminal, below the usage text
  ['FILE', 2, '\nhtpasswd: expected passwordfile username, got 1 argument\n'],
  ['FILE bob pw', 2, 'expected passwordfile username, got 3 arguments; a password as an argument needs -b\n'],
  ['-b FILE bob', 2, 'expected passwordfile username password, got 2 arguments\n'],
  ['-D FILE', 2, 'expected passwordfile username, got 1 argument\n'],
  ['-nb bob', 2, 'expected username password, got 1 argument\n'],
  // commands that keep users
  ['add FILE', 2, 'htpasswd add: expected [FILE] USER, got only the file FILE\n'],
  ['add FILE carol pw', 2, 'expected [FILE] USER, got 3 arguments; the password is not among them'],
  ['add FILE carol --password=pw', 2, unknown('--password', 'the password is asked for')],
  ['add FILE carol -B', 2, unknown('-B', 'a new hash is bcrypt of cost 12')],
  ['add FILE carol --random', 2, 'use --generate'],
  ['add FILE carol --group x', 2, 'htpasswd group add FILE GROUP USER'],
  ['add -u carol FILE', 2, 'write the file and the user without options: FILE USER'],
  ['rm', 2, 'htpasswd rm: expected [FILE] USER ..., got nothing\n'],
  ['rm FILE carol', 6, 'htpasswd rm: carol is not in FILE'],
  ['rm FILE --all', 2, 'users are removed by name'],
  ['users nofile', 1, 'htpasswd users: cannot read nofile'],
  ['list bob FILE', 2, 'but FILE is a file and bob is not; write FILE first'],
  ['list FILE a b', 2, 'got 3 arguments; quote a pattern'],
  ['check FILE bob pw', 2, 'got 3 arguments; a password is verified with: htpasswd -v FILE USER'],
  // actions
  ['group create FILE viewers', 2, 'one of the actions add, remove, list, got create; did you mean add?'],
  ['token delete FILE 1', 2, 'did you mean revoke?'],
  ['token add FILE bob --expires 30', 2, 'use --days DAYS'],
  ['sessions kill FILE bob', 2, 'expected the action end, got kill'],
  ['service run', 2, 'did you mean start?'],
  ['check FILE --server nginx', 2, 'use --for SERVER'],
  ['fix FILE --backup', 2, 'always kept, as FILE.bak'],
  ['passwd FILE bob --generate 3', 2, '--generate expected "words" or a number of characters from'],
  ['serve FILE --demo --upstream 5000', 2, '--demo guards a built-in page, and --upstream names an app'],
  ['serve FILE --demo -- mlflow server', 2, '--demo guards a built-in page, and "mlflow" names an app'],
  ['serve FILE --upstream 5000 --readers bob', 2, 'got "bob"; did you mean user:bob or group:bob?'],
  ['serve --user-file FILE --upstream 5000', 2, 'htpasswd serve FILE'],
  ['service install FILE --upstream 5000 --init', 2, 'create it with: htpasswd add FILE USER'],
  ['service logs -f', 2, 'use --follow'],
  ['export FILE --to docker', 2, 'use --for kubernetes, traefik, caddy or compose'],
]

test('there are at least 60', () => expect(rows.length).toBeGreaterThanOrEqual(60))

test.each(rows)('htpasswd %s: status %i', async (line, status, answer) => {
  const io = recordedIo({ terminals: [2] })
  const ended = await main(line.replaceAll('FILE', 'mlflow-authfile').split(' '), io)
  const said = io.said.err.replaceAll('mlflow-authfile', 'FILE')
  expect(said).toContain(answer)
  expect({ status: ended, out: io.said.out }).toEqual({ status, out: '' })
  // a password that was typed is not repeated
  expect(said).not.toMatch(/\bpw\b/)
  expect(readdirSync('.')).toEqual(['mlflow-authfile'])
  expect(readFileSync('mlflow-authfile', 'utf8')).toBe(users)
})

test('Apache prints the usage text alone where no person reads it', async () => {
  const io = recordedIo()
  expect(await main(['mlflow-authfile', 'bob', 'pw'], io)).toBe(2)
  expect(io.said.err).toMatch(/^Usage:[\s\S]*less secure than the MD5 algorithm\.\n$/)
})
