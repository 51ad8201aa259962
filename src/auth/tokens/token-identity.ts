// The sender of a request whose credentials are a token: its owner, with the token's scope.
import type { TokenRecord, TokenScope } from '../../document/tokens.ts'
import { type FoundUser, StoredIdentity } from '../stored-user.ts'
import type { UserSource } from '../user-source.ts'

/** How a token's identity checks its state later. */
export interface TokenState {
  readonly source: UserSource
  readonly onError: (error: unknown) => void
  /** The stored token as it is now; undefined once it was revoked or has expired. */
  current(token: TokenRecord): TokenRecord | undefined
  /** Whether a token is bound to a record with this hash. */
  isBoundTo(token: TokenRecord, storedHash: string | undefined): boolean
}

export class TokenIdentity extends StoredIdentity {
  readonly kind = 'token'
  readonly scope: TokenScope
  readonly label: string
  readonly #token: TokenRecord
  readonly #state: TokenState

  constructor(owner: FoundUser, token: TokenRecord, state: TokenState) {
    super(owner, state.source, state.onError)
    this.scope = token.scope
    this.label = `token:${token.id}`
    this.#token = token
    this.#state = state
  }

  protected override accepts(storedHash: string | undefined): boolean {
    const token = this.#state.current(this.#token)
    return token !== undefined && this.#state.isBoundTo(token, storedHash)
  }
}
