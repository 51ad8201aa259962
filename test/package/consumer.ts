// A program that uses every public name with its types; compiled by every TypeScript that the package is for, never run.
import { createServer, type IncomingMessage, type Server } from 'node:http'
import {
  type AccessDecision,
  type AccessLogEntry,
  type AccessLogFormat,
  type AccessOptions,
  type AccessPolicy,
  type AuthContext,
  type AuthenticatedRequest,
  type AuthenticatedUser,
  Authenticator,
  type AuthenticatorOptions,
  type AuthResult,
  type BasicAuthMiddleware,
  type BasicAuthOptions,
  type BasicAuthRefusal,
  type BasicAuthSetup,
  type BasicAuthUsers,
  type ByteString,
  basicAuth,
  type Change,
  type CheckOptions,
  type Closable,
  type ConflictPolicy,
  type CredentialKind,
  type Credentials,
  type CustomResponse,
  checkDocument,
  createGuard,
  createRules,
  describeUsers,
  type ErrorCode,
  type FastifyAuthHook,
  type FetchAuthCheck,
  type FetchAuthResult,
  type Fix,
  type FormatId,
  type FormatInfo,
  fastifyBasicAuth,
  fetchBasicAuth,
  fixDocument,
  formatAccessLogEntry,
  formatChallenge,
  type GenerateOptions,
  type GroupLookup,
  type Groups,
  type Guard,
  type GuardOptions,
  generatePassword,
  type HashDescription,
  type HashInfo,
  type HashOptions,
  type HashState,
  HtpasswdDocument,
  HtpasswdError,
  HtpasswdFile,
  hashPassword,
  type Identity,
  type ImportedUser,
  type ImportOptions,
  type ImportReport,
  identify,
  importUsers,
  type Login,
  type LoginOptions,
  type MiddlewareOptions,
  type NodeRequest,
  needsRehash,
  type Problem,
  type ProblemCode,
  type ProxyName,
  parseCredentials,
  parseGroups,
  parseHtpasswd,
  type RefusalReason,
  type RulesOptions,
  type ServerName,
  type SessionAuthMiddleware,
  type SessionAuthOptions,
  type SessionRequest,
  type StoredHashOf,
  type Strength,
  type Support,
  sessionAuth,
  supports,
  type Target,
  type TlsCertificate,
  TokenAuthenticator,
  type TokenOptions,
  type UpdateOptions,
  type UserDescription,
  type UserLookup,
  type UserSource,
  type Users,
  type VerifyOptions,
  verifyPassword,
  type WatchOptions,
} from 'htpasswd-kit'

const format: FormatId = 'sha512crypt'
const options: HashOptions = { format, rounds: 10_000 }
const limits: VerifyOptions = { maxRounds: 20_000 }
const hash: string = await hashPassword(new Uint8Array([112, 119]), options)
const matches: boolean = await verifyPassword('pw', hash, limits)
const info: HashInfo | undefined = identify(hash)
const strength: Strength | undefined = (info satisfies FormatInfo | undefined)?.strength
const stale: boolean = needsRehash(hash, { cost: 13 })

const sixWords: GenerateOptions = { words: 6 }
const invented: string = generatePassword(sixWords)

const document: HtpasswdDocument = parseHtpasswd('alice:x\n')
const problems: readonly Problem[] = [...checkDocument(document)]
const problem: ProblemCode | undefined = problems[0]?.code
const servesFile: ServerName = 'nginx-windows'
const oldName: Target = servesFile
const checkOptions: CheckOptions = { for: servesFile }
const checked: Problem[] = [...checkDocument(document, checkOptions)]
const support: Support = supports(oldName, hash)
const described: UserDescription[] = [...describeUsers('alice:x\n')]
const state: HashState | undefined = (described[0] satisfies HashDescription | undefined)?.state
const fixed: Fix = fixDocument(document)
const change: Change | undefined = fixed.changes[0]
const create: UpdateOptions = { create: true }
const done: 'added' | 'updated' = await HtpasswdFile.update('users', d => d.set('alice', hash), create)
const onConflict: ConflictPolicy = 'skip'
const importing: ImportOptions = {
  ...options,
  onConflict,
  onProgress: (count: number, of: number) => void [count, of],
}
const newcomers: readonly ImportedUser[] = [
  { user: 'bob', password: 'pw' },
  { user: new Uint8Array([99]), hash },
]
const imported: ImportReport = await importUsers(document, newcomers, importing)
const file: HtpasswdFile = await HtpasswdFile.open('users')
const watching: WatchOptions = { onChange: () => {}, onError: (error: Error) => void error }
const watch: Disposable = file.watch(watching)
const code: ErrorCode = new HtpasswdError('ERR_UTF16', 'text').code

const lookup: UserLookup = name => (name === 'alice' ? hash : undefined)
const source: UserSource = { get: lookup, users: () => ['alice'] }
const settings: AuthenticatorOptions = { maxFailures: 3, onError: (error: unknown) => void error }
const authenticator: AsyncDisposable & Authenticator = new Authenticator(source, settings)
const credentials: Credentials | undefined = parseCredentials('Basic eDp5')
const usernameBytes: ByteString | undefined = parseCredentials('Basic eDp5')?.username
const context: AuthContext = { address: '192.0.2.1' }
const result: AuthResult = await authenticator.authenticate(credentials, context)
const admitted: Identity | undefined = result.ok ? result : undefined
const oldIdentity: Login | undefined = admitted
const kind: CredentialKind | undefined = oldIdentity?.kind
const groupFile: Groups = parseGroups('team: alice\n')
const reason: RefusalReason | undefined = result.ok ? undefined : result.reason
const realm: BasicAuthOptions = { realm: 'Lab' }
const login: BasicAuthMiddleware = basicAuth(authenticator, realm)
const server: Server = createServer((req: AuthenticatedRequest<IncomingMessage>, res) =>
  login(req, res, () => {
    const user: AuthenticatedUser | undefined = req.auth
    res.end(user?.user)
  }),
)
const found: StoredHashOf = hash
const inMemory: Users[] = [
  { alice: hash },
  new Map([['alice', hash]]),
  async name => (name === 'a' ? found : null),
]
const users: BasicAuthUsers = { users: inMemory[0] ?? file }
const respond = (refusal: BasicAuthRefusal): CustomResponse => ({ body: refusal.reason })
const address = (req: NodeRequest): string | undefined => req.ip ?? req.socket.remoteAddress
const setup: BasicAuthSetup<NodeRequest> = { ...users, respond, address, maxFailures: 5, allowPaths: ['/ok'] }
const opened: Closable = basicAuth(setup)
const fromFile: Authenticator = Authenticator.fromFile('users', settings)
const texts: AuthResult = await fromFile.authenticate({ username: 'ann', password: 'pw' })
const groups: readonly string[] | undefined = server.listening
  ? undefined
  : ([] satisfies AuthenticatedUser['groups'])
const checkLogin: FetchAuthCheck = fetchBasicAuth(authenticator)
const answer: FetchAuthResult = await checkLogin(new Request('http://localhost/'))
const hook: FastifyAuthHook = fastifyBasicAuth(authenticator)

const tls: TlsCertificate = { cert: '', key: '' }
const logFormat: Exclude<AccessLogFormat, 'off'> = 'json'
const log = (entry: AccessLogEntry): string => formatAccessLogEntry(entry, logFormat)
const guardOptions: GuardOptions = { authenticator, upstream: 'http://127.0.0.1:5000', tls, log }
const guard: Guard = createGuard(guardOptions)
const challenge: string = formatChallenge('Lab')

// @ts-expect-error no users
basicAuth({ realm: 'Lab' })
// @ts-expect-error users twice
basicAuth({ file: 'users', users: {} })
// @ts-expect-error a format that does not exist
await hashPassword('pw', { format: 'rot13' })
// @ts-expect-error a misspelt option
await hashPassword('pw', { round: 1 })
// @ts-expect-error the authenticator is missing
createGuard({ upstream: 'http://127.0.0.1:5000' })

const groupLookup: GroupLookup = { groupsOf: () => ['lab'] }
const rulesOptions: RulesOptions = { groups: groupLookup }
const policy: AccessPolicy = createRules(['GET /** valid-user'], rulesOptions)
const decision: AccessDecision = policy.decide({ user: 'ann', groups: [], scope: 'all' }, 'GET', '/')
const tokenOptions: TokenOptions = {}
const tokens: TokenAuthenticator = TokenAuthenticator.fromFile(
  authenticator as Authenticator,
  'users.tokens',
  tokenOptions,
)
const proxies: readonly ProxyName[] = ['nginx']
const loginPage: LoginOptions = { file: 'users' }
const mayDo: AccessOptions = { groups: groupFile, rules: policy }
const common: MiddlewareOptions = { ...mayDo, tokens, realm: 'Lab' }
const sessionOptions: SessionAuthOptions = { ...common, file: 'users', lang: 'de' }
const session: SessionAuthMiddleware = sessionAuth(sessionOptions)
const sessionRequest = (request: SessionRequest): unknown => request

export {
  admitted,
  answer,
  challenge,
  change,
  checked,
  code,
  decision,
  done,
  groupFile,
  groups,
  guard,
  hook,
  imported,
  invented,
  kind,
  loginPage,
  matches,
  opened,
  problem,
  proxies,
  reason,
  server,
  session,
  sessionRequest,
  stale,
  state,
  strength,
  support,
  texts,
  tokens,
  usernameBytes,
  watch,
}
export default new HtpasswdDocument('')
