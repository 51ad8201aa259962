// A program that uses every public name with its types; compiled, never run.
import {
  type ErrorCode,
  type FormatId,
  type HashInfo,
  type HashOptions,
  HtpasswdDocument,
  HtpasswdError,
  HtpasswdFile,
  hashPassword,
  identify,
  needsRehash,
  type Problem,
  parseHtpasswd,
  type VerifyOptions,
  verifyPassword,
} from 'htpasswd-kit'

const format: FormatId = 'sha512crypt'
const options: HashOptions = { format, rounds: 10_000 }
const limits: VerifyOptions = { maxRounds: 20_000 }
const hash: string = await hashPassword(new Uint8Array([112, 119]), options)
const matches: boolean = await verifyPassword('pw', hash, limits)
const info: HashInfo | undefined = identify(hash)
const stale: boolean = needsRehash(hash, { cost: 13 })
const document: HtpasswdDocument = parseHtpasswd('alice:x\n')
const problems: readonly Problem[] = document.problems
const done: 'added' | 'updated' = await HtpasswdFile.update('users', d => d.set('alice', hash), {
  create: true,
})
const file: HtpasswdFile = await HtpasswdFile.open('users')
const watch: Disposable = file.watch({ onChange: () => {}, onError: (error: Error) => void error })
const code: ErrorCode = new HtpasswdError('ERR_UTF16', 'text').code
// @ts-expect-error a format that does not exist
await hashPassword('pw', { format: 'rot13' })
// @ts-expect-error a misspelt option
await hashPassword('pw', { round: 1 })

export { code, done, info, matches, problems, stale, watch }
export default new HtpasswdDocument('')
