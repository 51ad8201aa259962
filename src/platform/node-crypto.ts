// node:crypto, loaded at its first use: loading it takes a fifth of the command's start, and {SHA} does not need it.

let loaded: typeof import('node:crypto') | undefined

/** The module. */
export function nodeCrypto(): typeof import('node:crypto') {
  loaded ??= process.getBuiltinModule('node:crypto')
  return loaded
}
