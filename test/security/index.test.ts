// Which past attack is tried in which file: the security history of this field, case by case.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const history: readonly [number: number, attack: string, ...files: string[]][] = [
  [1, 'a stored hash, or a format nobody knows, sent as the password', 'pass-the-hash'],
  [2, 'passwords at which a comparison of fixed length throws', 'odd-passwords'],
  [3, 'names told by the work that an unknown one does not cost', 'username-enumeration'],
  [4, 'a dummy hash that costs nothing', 'username-enumeration'],
  [5, 'names told by shared checks', 'coalescing-oracle'],
  [6, 'cache keys of joined fields', 'cache-key-collision'],
  [7, 'bcrypt as a cache key', 'cache-key-collision'],
  [8, 'bcrypt cut at 72 bytes or at a NUL', 'bcrypt-truncation'],
  [9, 'bytes above 0x7f read with a sign or not at all', 'eight-bit-passwords'],
  [10, 'work ordered by a record, or by a thousand logins', 'cost-as-denial'],
  [11, 'hashes on the event loop', 'event-loop-blocking'],
  [12, 'a login remembered beyond its user', 'stale-revocation'],
  [13, 'identity headers in other spellings', 'header-spoofing'],
  [14, 'identity headers left on open paths', 'header-left-on-open-path'],
  [15, 'Connection that names the proxy’s own headers', 'hop-by-hop-abuse'],
  [16, 'Trailer, TE and Proxy-Authorization', 'trailer-crash', 'hop-by-hop-abuse', 'password-leak-upstream'],
  [17, 'requests that two servers read differently', 'request-smuggling'],
  [18, 'open paths written in other ways', 'open-path-bypass'],
  [19, 'open paths in a query or fragment', 'open-path-bypass'],
  [20, 'open paths as prefixes of others', 'open-path-bypass'],
  [21, 'a path named by a header', 'trusted-header-bypass'],
  [22, 'a probe’s User-Agent', 'trusted-header-bypass'],
  [23, 'a broken list of users that lets all in', 'fail-open'],
  [24, 'lost updates, torn reads, records in names', 'lost-update', 'record-injection'],
  [25, 'overlong lines, planted links, modes', 'overlong-lines', 'planted-symlink'],
  [26, 'shared buffers, sloppy readers of credentials', 'concurrent-hashing', 'parser-confusion'],
  [27, 'secrets in messages and logs', 'secrets-in-messages', 'secrets-in-output'],
  [
    28,
    'logins borrowed by other sites; default passwords',
    'cross-site-request',
    'dns-rebinding',
    'default-password',
  ],
  [
    29,
    'names that JavaScript’s objects know, realms that end their quotes',
    'prototype-names',
    'realm-injection',
  ],
  [30, 'a damaged record that keeps deleted users in', 'damaged-record'],
  [31, 'a change within one tick of the file’s clock', 'racy-timestamp'],
  [32, 'files that cost more time than their size', 'hostile-files'],
  [
    33,
    'credentials that nobody checked, in a header that the guard is known to check',
    'unverified-credentials',
  ],
  [34, 'people locked out by a program or a guesser', 'throttle-lockout'],
  [35, 'a name that is two names in other bytes', 'two-spellings'],
  [36, 'names told by the time of their format', 'mixed-formats'],
  [37, 'a queue for hashes full of one network', 'hash-queue-starvation'],
  [38, 'guesses multiplied by workers', 'guesses-through-workers'],
  [39, 'header names that only CGI takes for others', 'header-name-aliases'],
  [40, 'an upgrade to a protocol that nobody checks', 'upgrade-past-the-guard'],
  [41, 'a body that the app leaves unread', 'unread-request-body'],
  [42, 'bytes after a response that become the next one', 'head-response-body', 'response-mixing'],
  [43, 'a Location that a browser reads as another host', 'redirect-to-another-host'],
  [44, 'headers that cost time or memory', 'hostile-headers'],
  [45, 'the first password file, readable before its mode is set', 'first-file-mode'],
  [46, 'cipher suites without forward secrecy', 'weak-tls'],
  [47, 'names of files and users that control the terminal', 'terminal-control'],
  [48, 'connections and pipelines that occupy the guard', 'connection-exhaustion'],
  [49, 'uploads and pending requests of a deleted user', 'upload-after-removal'],
  [50, 'rules evaded by spelling, header, query or host', 'rule-bypass'],
  [51, 'a permission that outlives its end', 'permission-revocation'],
  [52, 'a token that may do more sent in one way than in another', 'token-outside-its-scope'],
  [53, 'a token that goes on after its owner', 'token-outlives-its-owner'],
  [54, 'credentials in a URL', 'token-in-url'],
  [55, 'a session that outlives the password, the user or the sign-out', 'session-after-change'],
  [56, 'forms of other sites that sign in, sign out or change an account', 'login-csrf'],
  [
    57,
    'cookies of the session’s name that another page set, or made without the secret',
    'cookie-tossing',
    'forged-session',
  ],
  [58, 'ways past the throttle of the sign-in form', 'login-throttle-bypass'],
  [59, 'a sign-in page that leads to another host', 'login-open-redirect'],
  [60, 'a token signed with an algorithm or key of the sender’s choice', 'algorithm-confusion'],
  [61, 'a token that was made for another app', 'token-for-another-app'],
  [62, 'claims that name somebody else', 'claims-of-another-person'],
  [63, 'a session before the sign-in with a provider was complete', 'unfinished-sign-in'],
  [64, 'a sign-out that the provider did not send', 'forged-logout'],
  [65, 'credentials that cannot be read, taken for none', 'unreadable-credentials'],
  [66, 'a token that costs the server work before its signature counts', 'costly-token'],
]

const files = readdirSync(import.meta.dirname)
  .filter(name => name.endsWith('.test.ts') && name !== 'index.test.ts')
  .map(name => name.replace('.test.ts', ''))

test('each case of the history has its file', () => {
  expect(history.map(([number]) => number)).toEqual(history.map((_, i) => i + 1))
  expect(history.flatMap(([, , ...named]) => named).filter(name => !files.includes(name))).toEqual([])
})

test('each file has its case', () => {
  const named = new Set(history.flatMap(([, , ...names]) => names))
  expect(files.filter(name => !named.has(name))).toEqual([])
})

test('each file is named in docs/security.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/security.md'), 'utf8')
  expect(files.filter(name => !page.includes(`](../test/security/${name}.test.ts)`))).toEqual([])
})
