// One command a row, written from Apache's manual and from runs of the real command: what it is given, what it does.
// Rows with `ours` differ from Apache's command on purpose (docs/differences-from-apache.md).
import { createHash } from 'node:crypto'
import { usage } from '../../src/cli/apache/grammar.ts'
import { bytesOf, type Files } from '../support/run.ts'

export interface CommandCase {
  readonly rule: string
  readonly args: readonly string[]
  readonly stdin?: string
  readonly files?: Files
  readonly status: number
  readonly stdout?: string
  readonly stderr?: string | RegExp
  /** The files afterwards, where they change. Salts are masked. */
  readonly after?: Files
  readonly ours?: true
  /** Where Windows has another rule. */
  readonly posix?: true
}

export const sha = (password: string): string =>
  `{SHA}${createHash('sha1').update(password, 'latin1').digest('base64')}`

const alice = `alice:${sha('one')}\n`
const bob = `bob:${sha('two')}\n`
const carol = `carol:${sha('three')}\n`
const f = alice + bob + carol
const x = (count: number): string => 'x'.repeat(count)
const adding = (user: string): string => `Adding password for user ${user}\n`
const updating = (user: string): string => `Updating password for user ${user}\n`
const deleting = (user: string): string => `Deleting password for user ${user}\n`
const correct = (user: string): string => `Password for user ${user} correct.\n`
const wrong = 'password verification failed\n'
const notValid = 'htpasswd: The file f does not appear to be a valid htpasswd file.\n'
const plainWarning = 'Warning: storing passwords as plain text might just not work on this platform.\n'
const prompts = 'New password: Re-type new password: '
const onlyOne = 'htpasswd: only one of -c -n -v -D may be specified\n'
const notPositive = 'htpasswd: argument to -C/-r must be a positive integer\n'
const ignoring = 'Warning: Ignoring -C/-r argument for this algorithm.\n'

const formatCases: CommandCase[] = [
  { rule: '-m is apr1', args: ['-nbm', 'u', 'pw'], status: 0, stdout: 'u:{apr1}\n\n' },
  { rule: 'apr1 is the default', args: ['-nb', 'u', 'pw'], status: 0, stdout: 'u:{apr1}\n\n' },
  { rule: '-B is bcrypt of cost 5', args: ['-nbB', 'u', 'pw'], status: 0, stdout: 'u:{bcrypt 05}\n\n' },
  { rule: '-C4 sets the cost', args: ['-nbBC4', 'u', 'pw'], status: 0, stdout: 'u:{bcrypt 04}\n\n' },
  {
    rule: '-C takes the next word',
    args: ['-nbBC', ' +6', 'u', 'pw'],
    status: 0,
    stdout: 'u:{bcrypt 06}\n\n',
  },
  { rule: '-2 is SHA-256-crypt', args: ['-nb2', 'u', 'pw'], status: 0, stdout: 'u:{sha-crypt 5 }\n\n' },
  { rule: '-5 is SHA-512-crypt', args: ['-nb5', 'u', 'pw'], status: 0, stdout: 'u:{sha-crypt 6 }\n\n' },
  {
    rule: '-r 5000 writes the default rounds out',
    args: ['-nb5', '-r', '5000', 'u', 'pw'],
    status: 0,
    stdout: 'u:{sha-crypt 6 rounds=5000}\n\n',
  },
  {
    rule: '-r1000 is the least',
    args: ['-nb2r1000', 'u', 'pw'],
    status: 0,
    stdout: 'u:{sha-crypt 5 rounds=1000}\n\n',
  },
  { rule: '-s has no salt', args: ['-nbs', 'u', 'pw'], status: 0, stdout: `u:${sha('pw')}\n\n` },
  { rule: '-d is DES', args: ['-nbd', 'u', 'pw'], status: 0, stdout: 'u:{des}\n\n', posix: true },
  {
    rule: '-d says that it cuts at 8',
    args: ['-nbd', 'u', 'ninechars'],
    status: 0,
    stdout: 'u:{des}\n\n',
    stderr: 'Warning: Password truncated to 8 characters by CRYPT algorithm.\n',
    posix: true,
  },
  {
    rule: '-p is the text, with a warning',
    args: ['-nbp', 'u', 'pw'],
    status: 0,
    stdout: 'u:pw\n\n',
    stderr: plainWarning,
    posix: true,
  },
  {
    rule: '-p warns even where another format counts',
    args: ['-nbps', 'u', 'pw'],
    status: 0,
    stdout: `u:${sha('pw')}\n\n`,
    stderr: plainWarning,
    posix: true,
  },
  {
    rule: 'of several formats the last counts',
    args: ['-nbB2ms', 'u', 'pw'],
    status: 0,
    stdout: `u:${sha('pw')}\n\n`,
  },
  {
    rule: '-C with a format that has no cost is ignored aloud',
    args: ['-nbsC5', 'u', 'pw'],
    status: 0,
    stdout: `u:${sha('pw')}\n\n`,
    stderr: ignoring,
  },
  {
    rule: 'bcrypt says that it cuts at 72 bytes',
    args: ['-nbB', 'u', x(73)],
    status: 0,
    stdout: 'u:{bcrypt 05}\n\n',
    stderr: /72 bytes/,
    ours: true,
  },
  { rule: 'cost 3', args: ['-nbBC3', 'u', 'pw'], status: 3, stderr: /4 to 17, got 3/, ours: true },
  { rule: 'cost 18', args: ['-nbBC18', 'u', 'pw'], status: 3, stderr: /4 to 17, got 18/, ours: true },
  {
    rule: '999 rounds',
    args: ['-nb5r999', 'u', 'pw'],
    status: 2,
    stderr: /1000 to 999999999, got 999/,
    ours: true,
  },
]

const grammarCases: CommandCase[] = [
  { rule: 'no words', args: [], status: 2, stderr: usage() },
  { rule: 'a word too many', args: ['-b', 'f', 'u', 'pw', 'more'], files: { f }, status: 2, stderr: usage() },
  { rule: 'a word missing', args: ['-b', 'f', 'u'], files: { f }, status: 2, stderr: usage() },
  { rule: '-nn', args: ['-nnbs', 'u', 'pw'], status: 2, stderr: usage() },
  {
    rule: 'unknown option',
    args: ['-bx', 'f', 'u', 'pw'],
    status: 2,
    stderr: `htpasswd: illegal option -- x\n${usage()}`,
  },
  {
    rule: '-C without a value',
    args: ['-BC'],
    status: 2,
    stderr: /^htpasswd: option requires an argument -- C\nUsage:/,
  },
  { rule: '-C of a word', args: ['-nbBC', 'x', 'u', 'pw'], status: 2, stderr: notPositive },
  { rule: '-r 0', args: ['-nb5r0', 'u', 'pw'], status: 2, stderr: notPositive },
  { rule: '-C -5', args: ['-nbBC', '-5', 'u', 'pw'], status: 2, stderr: notPositive },
  { rule: '-C 5x', args: ['-nbBC', '5x', 'u', 'pw'], status: 2, stderr: notPositive },
  { rule: '-c with -n, before words are counted', args: ['-cn'], status: 2, stderr: onlyOne },
  { rule: '-v with -D', args: ['-vDb', 'f', 'u', 'pw'], files: { f }, status: 2, stderr: onlyOne },
  {
    rule: '-- ends the options',
    args: ['-nbs', '--', '-u', 'pw'],
    status: 0,
    stdout: `-u:${sha('pw')}\n\n`,
  },
  { rule: '- is a word', args: ['-nbs', '-', 'pw'], status: 0, stdout: `-:${sha('pw')}\n\n` },
  {
    rule: 'a flag behind the file is a word',
    args: ['-bs', 'f', 'alice', '-s'],
    files: { f },
    status: 0,
    stderr: updating('alice'),
    after: { f: `alice:${sha('-s')}\n${bob}${carol}` },
  },
  {
    rule: 'unknown --word',
    args: ['--create', 'f', 'u'],
    status: 2,
    stderr: /^htpasswd: unknown option --create.*\nUsage:/,
    ours: true,
  },
]

const fileCases: CommandCase[] = [
  {
    rule: '-c makes a file',
    args: ['-cb', 'f', 'u', 'pw'],
    status: 0,
    stderr: adding('u'),
    after: { f: 'u:{apr1}\n' },
  },
  {
    rule: '-c empties a file that is there',
    args: ['-cbs', 'f', 'u', 'pw'],
    files: { f },
    status: 0,
    stderr: adding('u'),
    after: { f: `u:${sha('pw')}\n` },
  },
  {
    rule: 'a new user goes to the end',
    args: ['-bB', 'f', 'dave', 'pw'],
    files: { f },
    status: 0,
    stderr: adding('dave'),
    after: { f: `${f}dave:{bcrypt 05}\n` },
  },
  {
    rule: 'a user changes in place',
    args: ['-bs', 'f', 'bob', 'pw'],
    files: { f },
    status: 0,
    stderr: updating('bob'),
    after: { f: `${alice}bob:${sha('pw')}\n${carol}` },
  },
  {
    rule: 'comments, blank lines and blanks stay',
    args: ['-bs', 'f', 'bob', 'pw'],
    files: { f: `# who\n\n${alice} \t \n  # bob:no\n${bob}\n` },
    status: 0,
    stderr: updating('bob'),
    after: { f: `# who\n\n${alice} \t \n  # bob:no\nbob:${sha('pw')}\n\n` },
  },
  {
    rule: 'names are case-sensitive',
    args: ['-bs', 'f', 'BOB', 'pw'],
    files: { f },
    status: 0,
    stderr: adding('BOB'),
    after: { f: `${f}BOB:${sha('pw')}\n` },
  },
  {
    rule: '-D takes a user out',
    args: ['-D', 'f', 'bob'],
    files: { f },
    status: 0,
    stderr: deleting('bob'),
    after: { f: alice + carol },
  },
  {
    rule: '-D with -b ignores a password',
    args: ['-Db', 'f', 'bob', 'pw'],
    files: { f },
    status: 0,
    stderr: deleting('bob'),
    after: { f: alice + carol },
  },
  {
    rule: '-D of an unknown user is no error',
    args: ['-D', 'f', 'zz'],
    files: { f },
    status: 0,
    stderr: 'User zz not found\n',
  },
  {
    rule: 'every line of the user is deleted',
    args: ['-D', 'f', 'bob'],
    files: { f: bob + alice + bob },
    status: 0,
    stderr: /^(Deleting )+password for user bob\n$/,
    after: { f: alice },
  },
  {
    rule: 'a file that is missing',
    args: ['-b', 'f', 'u', 'pw'],
    status: 1,
    stderr: "htpasswd: cannot modify file f; use '-c' to create it\n",
  },
  {
    rule: 'a folder that is missing',
    args: ['-cb', 'no/f', 'u', 'pw'],
    status: 1,
    stderr: 'htpasswd: cannot create file no/f\n',
  },
  {
    rule: 'some other file',
    args: ['-b', 'f', 'u', 'pw'],
    files: { f: `${alice}no colon\n` },
    status: 7,
    stderr: /The file f does not appear to be a valid htpasswd file\.\n$/,
  },
  {
    rule: 'bytes that are no UTF-8 stay',
    args: ['-bs', 'f', 'bob', 'pw'],
    files: { f: `j\xfcrgen:\xff\xfe\n${bob}` },
    status: 0,
    stderr: updating('bob'),
    after: { f: `j\xfcrgen:\xff\xfe\nbob:${sha('pw')}\n` },
  },
  {
    rule: 'a name in UTF-8',
    args: ['-bs', 'f', 'jürgen', 'пароль'],
    files: { f },
    status: 0,
    stderr: adding(bytesOf('jürgen')),
    after: { f: `${f}${bytesOf('jürgen')}:${sha(bytesOf('пароль'))}\n` },
  },
  {
    rule: 'a last line without its newline is completed',
    args: ['-bs', 'f', 'dave', 'pw'],
    files: { f: f.trimEnd() },
    status: 0,
    stderr: adding('dave'),
    after: { f: `${f}dave:${sha('pw')}\n` },
    ours: true,
  },
  {
    rule: 'CRLF stays and is used',
    args: ['-bs', 'f', 'dave', 'pw'],
    files: { f: f.replaceAll('\n', '\r\n') },
    status: 0,
    stderr: adding('dave'),
    after: { f: `${f}dave:${sha('pw')}\n`.replaceAll('\n', '\r\n') },
    ours: true,
  },
  {
    rule: 'a byte order mark stays',
    args: ['-bs', 'f', 'alice', 'pw'],
    files: { f: `\xef\xbb\xbf${f}` },
    status: 0,
    stderr: updating('alice'),
    after: { f: `\xef\xbb\xbfalice:${sha('pw')}\n${bob}${carol}` },
    ours: true,
  },
  {
    rule: 'UTF-16 is named',
    args: ['-bs', 'f', 'alice', 'pw'],
    files: { f: Buffer.from(`\ufeff${f}`, 'utf16le').toString('latin1') },
    status: 7,
    stderr: /UTF-16/,
    ours: true,
  },
  {
    rule: 'the rest behind a second colon stays',
    args: ['-bs', 'f', 'bob', 'pw'],
    files: { f: `bob:${sha('two')}:Bob:staff\n${alice}` },
    status: 0,
    stderr: updating('bob'),
    after: { f: `bob:${sha('pw')}:Bob:staff\n${alice}` },
    ours: true,
  },
  {
    rule: 'a line of 300 bytes stays',
    args: ['-bs', 'f', 'bob', 'pw'],
    files: { f: `# ${x(300)}\n${bob}` },
    status: 0,
    stderr: updating('bob'),
    after: { f: `# ${x(300)}\nbob:${sha('pw')}\n` },
    ours: true,
  },
  {
    rule: 'several lines of one user are updated, said once',
    args: ['-bs', 'f', 'bob', 'pw'],
    files: { f: bob + alice + bob },
    status: 0,
    stderr: updating('bob'),
    after: { f: `bob:${sha('pw')}\n${alice}bob:${sha('pw')}\n` },
    ours: true,
  },
]

const userCases: CommandCase[] = [
  {
    rule: 'a colon in the name',
    args: ['-nbs', 'a:b', 'pw'],
    status: 6,
    stderr: "htpasswd: username contains illegal character ':'\n",
  },
  {
    rule: 'a name of 200 bytes',
    args: ['-nbs', x(200), 'pw'],
    status: 0,
    stdout: `${x(200)}:${sha('pw')}\n\n`,
  },
  {
    rule: 'a name of 256 bytes',
    args: ['-nbs', x(256), 'pw'],
    status: 5,
    stderr: 'htpasswd: username too long (> 255)\n',
  },
  {
    rule: 'a record of 255 bytes',
    args: ['-nbs', x(221), 'pw'],
    status: 5,
    stderr: 'htpasswd: resultant record too long\n',
  },
  {
    rule: 'a record of 254 bytes',
    args: ['-nbs', x(220), 'pw'],
    status: 0,
    stdout: `${x(220)}:${sha('pw')}\n\n`,
  },
  {
    rule: 'no name with -n, for a bare hash',
    args: ['-nbs', '', 'pw'],
    status: 0,
    stdout: `:${sha('pw')}\n\n`,
  },
  {
    rule: 'a comment, a blank, a tab and an escape in the name with -n',
    args: ['-nbs', '# a\t\x1b', 'pw'],
    status: 0,
    stdout: `# a\t\x1b:${sha('pw')}\n\n`,
  },
  {
    rule: 'a line feed in the name with -n',
    args: ['-nbs', 'a\nb', 'pw'],
    status: 6,
    stderr: /newline/,
    ours: true,
  },
  { rule: 'an empty name', args: ['-cbs', 'f', '', 'pw'], status: 6, stderr: /empty/, ours: true },
  {
    rule: 'a line feed in the name',
    args: ['-cbs', 'f', 'a\nb', 'pw'],
    status: 6,
    stderr: /line feed/,
    ours: true,
  },
  { rule: 'a tab in the name', args: ['-cbs', 'f', 'a\tb', 'pw'], status: 6, stderr: /tab/, ours: true },
  {
    rule: 'an escape in the name',
    args: ['-cbs', 'f', 'a\x1b[2J', 'pw'],
    status: 6,
    stderr: /U\+001B/,
    ours: true,
  },
  {
    rule: 'a name that begins a comment',
    args: ['-cbs', 'f', '#a', 'pw'],
    status: 6,
    stderr: /comment/,
    ours: true,
  },
  {
    rule: 'a name that begins with a blank',
    args: ['-cbs', 'f', ' a', 'pw'],
    status: 6,
    stderr: /space/,
    ours: true,
  },
]

const passwordCases: CommandCase[] = [
  { rule: 'an empty argument', args: ['-nbs', 'u', ''], status: 0, stdout: `u:${sha('')}\n\n` },
  {
    rule: 'an argument of 255 bytes',
    args: ['-nbs', 'u', x(255)],
    status: 0,
    stdout: `u:${sha(x(255))}\n\n`,
  },
  {
    rule: 'an argument of 256 bytes',
    args: ['-nbs', 'u', x(256)],
    status: 5,
    stderr: 'htpasswd: password too long (> 256)\n',
  },
  { rule: '-i', args: ['-nis', 'u'], stdin: 'pw', status: 0, stdout: `u:${sha('pw')}\n\n` },
  {
    rule: '-i drops one line end',
    args: ['-nis', 'u'],
    stdin: 'pw\n\n',
    status: 0,
    stdout: `u:${sha('pw\n')}\n\n`,
  },
  { rule: '-i drops CRLF', args: ['-nis', 'u'], stdin: 'pw\r\n', status: 0, stdout: `u:${sha('pw')}\n\n` },
  { rule: '-i of 254 bytes', args: ['-nis', 'u'], stdin: x(254), status: 0, stdout: `u:${sha(x(254))}\n\n` },
  {
    rule: '-i of 256 bytes',
    args: ['-nis', 'u'],
    stdin: x(256),
    status: 5,
    stderr: 'htpasswd: password too long (>256)\n',
  },
  {
    rule: 'the prompts take lines of a pipe',
    args: ['-ns', 'u'],
    stdin: 'pw\npw\n',
    status: 0,
    stdout: `u:${sha('pw')}\n\n`,
    stderr: prompts,
  },
  {
    rule: 'two answers that differ',
    args: ['-s', 'f', 'bob'],
    stdin: 'pw\npx\n',
    files: { f },
    status: 3,
    stderr: `${prompts}htpasswd: password verification error\n`,
  },
  {
    rule: 'an empty line is an empty password',
    args: ['-ns', 'u'],
    stdin: '\n\n',
    status: 0,
    stdout: `u:${sha('')}\n\n`,
    stderr: prompts,
  },
  {
    rule: 'piped answers in CRLF',
    args: ['-ns', 'u'],
    stdin: 'pw\r\npw\r\n',
    status: 0,
    stdout: `u:${sha('pw')}\n\n`,
    stderr: prompts,
    ours: true,
  },
  {
    rule: 'no answer',
    args: ['-cs', 'f', 'u'],
    status: 4,
    stderr: /^New password: .*no password/,
    ours: true,
  },
  { rule: 'an empty -i', args: ['-cis', 'f', 'u'], status: 4, stderr: /nothing was changed/, ours: true },
  {
    rule: 'a plain text password with a newline',
    args: ['-nbp', 'u', 'pw\nroot:x'],
    status: 2,
    stderr: /newline/,
    ours: true,
  },
]

const verifyCases: CommandCase[] = [
  { rule: '-v right', args: ['-vb', 'f', 'bob', 'two'], files: { f }, status: 0, stderr: correct('bob') },
  { rule: '-v wrong', args: ['-vb', 'f', 'bob', 'one'], files: { f }, status: 3, stderr: wrong },
  {
    rule: '-v by -i',
    args: ['-vi', 'f', 'bob'],
    stdin: 'two\n',
    files: { f },
    status: 0,
    stderr: correct('bob'),
  },
  {
    rule: '-v asks once',
    args: ['-v', 'f', 'bob'],
    stdin: 'two\n',
    files: { f },
    status: 0,
    stderr: `Enter password: ${correct('bob')}`,
  },
  {
    rule: '-v of an unknown user is reported before it asks',
    args: ['-v', 'f', 'zz'],
    stdin: 'two\n',
    files: { f },
    status: 6,
    stderr: 'User zz not found\n',
  },
  {
    rule: '-v of a file that is missing',
    args: ['-v', 'f', 'bob'],
    status: 1,
    stderr: "htpasswd: cannot modify file f; use '-c' to create it\n",
  },
  {
    rule: '-v of an empty hash',
    args: ['-vb', 'f', 'bob', ''],
    files: { f: 'bob:\n' },
    status: 7,
    stderr: /Empty hash for user bob\n$/,
  },
  {
    rule: '-v of plain text',
    args: ['-vb', 'f', 'bob', 'text'],
    files: { f: 'bob:text\n' },
    status: 3,
    stderr: wrong,
    posix: true,
  },
  { rule: '-v of a lock', args: ['-vb', 'f', 'bob', '!'], files: { f: 'bob:!\n' }, status: 3, stderr: wrong },
  {
    rule: '-v of a $2y$ record that is none',
    args: ['-vb', 'f', 'bob', 'pw'],
    files: { f: 'bob:$2y$05$short\n' },
    status: 9,
    stderr: /Could not verify password: Invalid argument\n$/,
  },
  {
    rule: '-v looks at the first line of a user',
    args: ['-vb', 'f', 'bob', 'late'],
    files: { f: `${bob}bob:${sha('late')}\n` },
    status: 3,
    stderr: wrong,
  },
  {
    rule: '-v looks at no further line of the user',
    args: ['-vb', 'f', 'bob', 'two'],
    files: { f: `${bob}bob:${sha('late')}\n` },
    status: 0,
    stderr: correct('bob'),
    ours: true,
  },
  ...[
    { rule: 'a right password, a broken line behind', text: `${bob}broken\n`, password: 'two', status: 7 },
    { rule: 'a wrong password, a broken line behind', text: `${bob}broken\n`, password: 'no', status: 3 },
    { rule: 'a right password, a broken line before', text: `broken\n${bob}`, password: 'two', status: 7 },
    { rule: 'a wrong password, a broken line before', text: `broken\n${bob}`, password: 'no', status: 7 },
    { rule: 'a broken last line without its end', text: `${bob}broken`, password: 'two', status: 7 },
    {
      rule: 'an unknown user, a broken line',
      text: `${bob.replace('bob', 'zoe')}broken\n`,
      password: 'two',
      status: 7,
    },
    {
      rule: 'blank lines and comments behind',
      text: `${bob} \t\n  # no colon\n\n`,
      password: 'two',
      status: 0,
    },
  ].map(({ rule, text, password, status }) => ({
    rule: `-v of ${rule}`,
    args: ['-vb', 'f', 'bob', password],
    files: { f: text },
    status,
    stderr: { 0: correct('bob'), 3: wrong, 7: notValid }[status] ?? '',
  })),
  {
    rule: '-v of an empty hash, a broken line behind',
    args: ['-vb', 'f', 'bob', 'two'],
    files: { f: 'bob:\nbroken\n' },
    status: 7,
    stderr: /Empty hash for user bob\n$/,
  },
  {
    rule: '-v of a file that is none is said before it asks',
    args: ['-v', 'f', 'bob'],
    stdin: 'two\n',
    files: { f: 'broken\n' },
    status: 7,
    stderr: notValid,
  },
  {
    rule: '-v skips blanks before a name',
    args: ['-vb', 'f', 'bob', 'two'],
    files: { f: ` \t${bob}` },
    status: 0,
    stderr: correct('bob'),
  },
  {
    rule: '-v of a line in CRLF',
    args: ['-vb', 'f', 'bob', 'two'],
    files: { f: f.replaceAll('\n', '\r\n') },
    status: 0,
    stderr: correct('bob'),
    ours: true,
  },
  {
    rule: '-v of a record with a rest',
    args: ['-vb', 'f', 'bob', 'two'],
    files: { f: `bob:${sha('two')}:Bob\n` },
    status: 0,
    stderr: correct('bob'),
    ours: true,
  },
]

const utf16 = Buffer.from('\ufeffpw\r\n', 'utf16le').toString('latin1')
const longCases: CommandCase[] = [
  {
    rule: '--password-file among the letters',
    args: ['-c', '--password-file', 'pw', '-s', 'f', 'u'],
    files: { pw: 'pw\r\n' },
    status: 0,
    stderr: adding('u'),
    after: { pw: 'pw\r\n', f: `u:${sha('pw')}\n` },
  },
  {
    rule: '--password-file of UTF-16 is its text',
    args: ['-ns', '--password-file=pw', 'u'],
    files: { pw: utf16 },
    status: 0,
    stdout: `u:${sha('pw')}\n\n`,
  },
  {
    rule: '-v with --password-file',
    args: ['-v', '--password-file', 'pw', 'f', 'bob'],
    files: { f, pw: 'two' },
    status: 0,
    stderr: correct('bob'),
  },
  {
    rule: 'an empty --password-file',
    args: ['--password-file', 'pw', 'f', 'bob'],
    files: { f, pw: '' },
    status: 4,
    stderr: 'htpasswd: --password-file expected a password in pw, got none; nothing was changed\n',
  },
  {
    rule: '--generate-to of a file that is there',
    args: ['--generate-to', 'pw', 'f', 'bob'],
    files: { f, pw: 'mine' },
    status: 1,
    stderr: 'htpasswd: --generate-to expected a new file, got pw, which exists; nothing was changed\n',
  },
  {
    rule: '-b beside --generate',
    args: ['-b', '--generate', 'f', 'bob', 'pw'],
    files: { f },
    status: 2,
    stderr: /got -b and --generate/,
  },
].map(one => ({ ...one, ours: true }))

export const cases: readonly CommandCase[] = [
  ...formatCases,
  ...grammarCases,
  ...fileCases,
  ...userCases,
  ...passwordCases,
  ...verifyCases,
  ...longCases,
]
