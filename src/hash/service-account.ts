// The record of a service account: no password matches it, so its user logs in with a token or at a provider.
import { nodeCrypto } from '../platform/node-crypto.ts'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** 131 bits. */
const RANDOM_LENGTH = 22

const RECORD = new RegExp(`^\\*(?:[0-9A-Za-z]{${RANDOM_LENGTH}})?$`)

/** Whether a stored hash is that of a service account: `*`, alone or as `createServiceRecord` makes it. */
export const isServiceAccount = (hash: string): boolean => RECORD.test(hash)

/**
 * A new record: `*` and random characters. They tell it from the record of a user of the same name who was removed before,
 * so that tokens of the one are not tokens of the other; and where a server compares a record with the password as plain
 * text, as Apache does on Windows, nobody can guess it.
 */
export const createServiceRecord = (): string =>
  `*${Array.from({ length: RANDOM_LENGTH }, () => ALPHABET[nodeCrypto().randomInt(ALPHABET.length)]).join('')}`
