// The input of a decision: the head of a request, and facts about its client.
import type { IncomingMessage } from 'node:http'
import type { ClientFacts } from './client-address.ts'

/** The part of a request that decisions use. */
export type RequestHead = Pick<IncomingMessage, 'method' | 'url' | 'httpVersion' | 'headers'> &
  Partial<Pick<IncomingMessage, 'headersDistinct'>>

/** Facts about a request besides its head. */
export interface RequestFacts {
  readonly client: ClientFacts
  /** Whether it asks to leave HTTP for another protocol, such as WebSocket. */
  readonly upgrade: boolean
}

/** The header that held the verified credentials. */
export type CredentialsHeader = 'authorization' | 'x-mlflow-authorization'
