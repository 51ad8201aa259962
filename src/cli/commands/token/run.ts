// `htpasswd token`: makes, lists and revokes the personal access tokens of a password file's users.
import { readLastUsed } from '../../../auth/tokens/last-used.ts'
import { addToken, checkTokenName, rebindTokens, type TokenFiles } from '../../../auth/tokens/manage.ts'
import { isToken, tokenId } from '../../../auth/tokens/token.ts'
import { HtpasswdDocument } from '../../../document/document.ts'
import { ownerBytes, ownerText, type TokenRecord } from '../../../document/tokens.ts'
import { ExitStatus, HtpasswdError } from '../../../errors.ts'
import { readTokens, tokensPath, updateTokens } from '../../../store/token-file.ts'
import { splitFile, splitUser } from '../../options/file-argument.ts'
import { runActions } from '../../options/run-command.ts'
import type { ValuesOf } from '../../options/table.ts'
import { usageError } from '../../options/usage-error.ts'
import { privateFile } from '../../password-file.ts'
import { readUsers } from '../../read-users.ts'
import type { Io } from '../../terminal/io.ts'
import { count, printable, printableJson } from '../../terminal/output.ts'
import { describeToken, writeTable } from './list.ts'
import { type tokenOptions, tokenSpec } from './options.ts'

type Values = ValuesOf<typeof tokenOptions>

const DAY_SECONDS = 86_400

/** Runs the command and returns its exit status. */
export function token(argv: readonly string[], io: Io, now: () => number = Date.now): Promise<number> {
  return runActions(tokenSpec, argv, io, {
    add: ({ positionals, values }) => {
      const { file, user } = splitUser(positionals, io.env)
      return add(filesOf(file, values, io), user, values, io, now())
    },
    list: ({ positionals, values }) => {
      const { file } = splitFile(positionals, io.env, { min: 0, max: 0 }, '[FILE]')
      return list(filesOf(file, values, io), values, io, now())
    },
    revoke: ({ positionals, values }) => {
      const byId = values.user === undefined && !values.expired
      const number = byId ? { min: 1, max: Number.POSITIVE_INFINITY } : { min: 0, max: 0 }
      const { file, names } = splitFile(positionals, io.env, number, byId ? '[FILE] ID ...' : '[FILE]')
      return revoke(filesOf(file, values, io), names.map(idOf), values, io, now())
    },
    rebind: async ({ positionals, values }) => {
      const { file, user } = splitUser(positionals, io.env)
      const rebound = await rebindTokens(filesOf(file, values, io), user)
      if (values.json) io.out(`${printableJson({ file, user, rebound })}\n`)
      else io.err(`${printable(user)}: ${count(rebound, 'token')} bound to the record as it is now.\n`)
      return ExitStatus.ok
    },
  })
}

function filesOf(file: string, values: Values, io: Io): TokenFiles {
  const tokens = values.tokens ?? tokensPath(file)
  return { file, tokens, onPrivate: () => io.err(privateFile(tokens)) }
}

async function add(files: TokenFiles, user: string, values: Values, io: Io, now: number): Promise<number> {
  const { name, days, scope, json } = values
  if (name === undefined) throw usageError('expected what the token is for, such as --name ci')
  checkTokenName(name)
  if (!io.canDeliver(1)) {
    throw new HtpasswdError(
      'ERR_OUTPUT',
      'the token goes to standard output, which is closed or the null device; nothing was changed',
    )
  }
  const created = Math.floor(now / 1000)
  const expires = days === 'never' ? undefined : created + days * DAY_SECONDS
  const text = await addToken(files, { user, name, scope, expires }, now)
  const id = tokenId(text)
  const facts = { user, name, scope, expires: expires === undefined ? null : isoTime(expires) }
  io.deliver(1, json ? `${printableJson({ file: files.file, id, token: text, ...facts })}\n` : `${text}\n`)
  if (!json) {
    const until =
      expires === undefined ? 'It never expires' : `It expires on ${isoTime(expires).slice(0, 10)}`
    io.err(
      `Added the token ${id} of ${printable(user)} (${printable(name)}, scope ${scope}). ${until}; it is shown only now.\n`,
    )
  }
  return ExitStatus.ok
}

const isoTime = (seconds: number): string => new Date(seconds * 1000).toISOString()

async function list({ file, tokens }: TokenFiles, values: Values, io: Io, now: number): Promise<number> {
  const [{ bytes }, document, used] = await Promise.all([
    readUsers(file),
    readTokens(tokens),
    readLastUsed(tokens),
  ])
  const users = new HtpasswdDocument(bytes)
  users.buildIndex()
  const listed = [...document.tokens()]
    .filter(({ user }) => values.user === undefined || user === ownerBytes(values.user))
    .map(record => describeToken(record, users, used, now))
  if (values.json) io.out(`${printableJson({ file, tokens: listed, damaged: document.problems })}\n`)
  else writeTable(io, listed)
  for (const { line, message } of document.problems)
    io.err(`htpasswd token: ${printable(tokens)} line ${line}: ${message}; it is refused\n`)
  return ExitStatus.ok
}

/** A whole token is taken as well: somebody has found one. It is not repeated in any message. */
function idOf(word: string): string {
  if (isToken(word)) return tokenId(word)
  if (/^[0-9A-Za-z]{8}$/.test(word)) return word
  throw usageError('expected the ids of tokens, 8 letters or digits as in htpasswd token list')
}

async function revoke(
  { tokens }: TokenFiles,
  ids: readonly string[],
  { user, expired, json }: Values,
  io: Io,
  now: number,
): Promise<number> {
  const isMeant = (record: TokenRecord): boolean =>
    ids.length > 0
      ? ids.includes(record.id)
      : (user === undefined || record.user === ownerBytes(user)) &&
        (!expired || (record.expires !== undefined && record.expires * 1000 <= now))
  // before the lock and the file of a first write: there may be nothing to do
  const before = await readTokens(tokens)
  const missing = ids.filter(id => before.get(id) === undefined)
  if (missing.length > 0) {
    throw new HtpasswdError(
      'ERR_TOKEN_MISSING',
      `${tokens} has no token ${missing.join(', ')}; nothing was changed`,
    )
  }
  const revoked = [...before.tokens()].some(isMeant)
    ? await updateTokens(tokens, document => document.remove(isMeant))
    : []
  if (user !== undefined && revoked.length === 0 && !expired)
    throw new HtpasswdError('ERR_TOKEN_MISSING', `${printable(user)} has no token in ${tokens}`)
  if (json) io.out(`${printableJson({ tokens, revoked: revoked.map(({ id }) => id) })}\n`)
  else {
    const named = revoked.map(record => `${record.id} of ${printable(ownerText(record))}`).join(', ')
    io.err(revoked.length === 0 ? 'No token has expired.\n' : `Revoked ${named}.\n`)
  }
  return ExitStatus.ok
}
