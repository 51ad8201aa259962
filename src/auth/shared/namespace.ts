// The names of keys in the shared store, derived from the replicas' common secret: without it they can be neither
// found, read nor added to.
import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'
import type { EndedSession } from '../sessions/ended-sessions.ts'

const MEMBER = /^([A-Za-z0-9_-]{22}) (\d{1,15}) (\d{1,15}) ([A-Za-z0-9_-]{22})$/
/** 128 bits of an HMAC are enough here, because nothing lets an attacker try them out quickly. */
const DIGEST_CHARACTERS = 22

/** One secret's part of the store. A reader of the store learns no user, address or cookie from it. */
export class Namespace {
  readonly #key: KeyObject
  readonly #prefix: string

  constructor(secret: string, prefix: string) {
    this.#key = createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', 'htpasswd shared state v1', 32)))
    this.#prefix = prefix
  }

  /** The key for a text; replicas with another secret use another key. */
  keyOf(text: string): string {
    return this.#prefix + this.#digest(`key\0${text}`)
  }

  /**
   * A session as stored. It carries a digest, so that somebody who can write to the store cannot end sessions of users.
   */
  write({ id, signedInAt, until }: EndedSession): string {
    const text = `${id} ${signedInAt} ${until}`
    return `${text} ${this.#digest(`ended\0${text}`)}`
  }

  /** The inverse; undefined for a member that was not written with this secret. */
  read(member: string): EndedSession | undefined {
    const [, id, signedInAt, until] = MEMBER.exec(member) ?? []
    if (id === undefined) return undefined
    const session = { id, signedInAt: Number(signedInAt), until: Number(until) }
    return this.write(session) === member ? session : undefined
  }

  #digest = (text: string): string =>
    createHmac('sha256', this.#key).update(text).digest('base64url').slice(0, DIGEST_CHARACTERS)
}
