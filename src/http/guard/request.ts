// What is decided on: the head of a request, and what is known of it beyond.
import type { IncomingMessage } from 'node:http'
import type { ClientFacts } from './client-address.ts'

/** The part of a request that is decided on. */
export type RequestHead = Pick<IncomingMessage, 'method' | 'url' | 'httpVersion' | 'headers'> &
  Partial<Pick<IncomingMessage, 'headersDistinct'>>

/** What is known of a request beyond its head. */
export interface RequestFacts {
  readonly client: ClientFacts
  /** Whether it asks to leave HTTP for another protocol, such as WebSocket. */
  readonly upgrade: boolean
}

/** The header that held the credentials which were verified. */
export type CredentialsHeader = 'authorization' | 'x-mlflow-authorization'
