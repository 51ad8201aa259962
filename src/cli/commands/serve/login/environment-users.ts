// HTPASSWD_USERS: the users of a container without a password file, as `htpasswd export --for compose` writes them.
import type { HtpasswdDocument } from '../../../../document/document.ts'
import { parseHtpasswd } from '../../../../document/document.ts'
import { userRecords } from '../../../../document/scan-lines.ts'
import { HtpasswdError } from '../../../../errors.ts'
import type { HtpasswdFile } from '../../../../store/htpasswd-file.ts'

/** The variable; messages use its name in place of a file's. */
export const USERS_VARIABLE = 'HTPASSWD_USERS'

/** The part of a password file that `serve` uses. */
export type Users = Pick<
  HtpasswdFile,
  'path' | 'size' | 'users' | 'get' | 'records' | 'hashSample' | 'reload' | 'watch'
> &
  AsyncDisposable

const SAMPLE = 1_000

/** Users that never change, because the environment of a process does not. */
class EnvironmentUsers implements Users {
  readonly path = USERS_VARIABLE
  readonly #document: HtpasswdDocument
  readonly #sample: readonly string[]

  constructor(document: HtpasswdDocument) {
    document.buildIndex()
    this.#document = document
    this.#sample = document.hashSample(SAMPLE)
  }

  get size(): number {
    return this.#document.size
  }

  users(): string[] {
    return this.#document.users()
  }

  get(user: string | Uint8Array): string | undefined {
    return this.#document.get(user)
  }

  *records(): Generator<readonly [user: string, hash: string]> {
    yield* userRecords(this.#document.toBuffer())
  }

  hashSample(): readonly string[] {
    return this.#sample
  }

  async reload(): Promise<boolean> {
    return false
  }

  watch(): Disposable {
    return { [Symbol.dispose]: () => {} }
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** @throws HtpasswdError `ERR_RECORD` for text that is not lines NAME:HASH; it never quotes them. */
export function environmentUsers(lines: string): Users {
  if (/:\$\$(?:2[aby]|apr1|[156])\$\$/.test(lines)) {
    throw new HtpasswdError(
      'ERR_RECORD',
      `${USERS_VARIABLE} has hashes with doubled dollars; only a compose file needs $$ in place of $`,
    )
  }
  const document = parseHtpasswd(Buffer.from(lines))
  if (document.isMalformed) {
    throw new HtpasswdError('ERR_RECORD', `${USERS_VARIABLE} expected a line NAME:HASH for each user`)
  }
  return new EnvironmentUsers(document)
}
