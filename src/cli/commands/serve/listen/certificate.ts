// The certificate and key of the guard: read, checked together, and read again when a file changes.
import { statSync, unwatchFile, watchFile } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { HtpasswdError } from '../../../../errors.ts'
import { readAnyFile } from '../../../../store/read-file.ts'
import { shellWord } from '../../../terminal/output.ts'
import type { ServeValues } from '../options.ts'

export interface TlsPair {
  readonly cert: Buffer
  readonly key: Buffer
}

export interface TlsPaths {
  readonly cert: string
  readonly key: string
}

const POLL_MS = 1000

/** @throws HtpasswdError if a file cannot be read, is not PEM, or the key is not the certificate's. */
export function readTls(paths: TlsPaths): TlsPair {
  const pair = {
    cert: readAnyFile(paths.cert, `--tls-cert ${paths.cert}`),
    key: readAnyFile(paths.key, `--tls-key ${paths.key}`),
  }
  try {
    createSecureContext(pair)
  } catch (error) {
    const reason = (error as Error).message.replace(/^error:\w*:/, '')
    throw new HtpasswdError(
      'ERR_OPTION',
      `expected a PEM certificate in ${paths.cert} and its key in ${paths.key}, got: ${reason}`,
      {
        cause: error,
      },
    )
  }
  return pair
}

/** The pair in use, updated when its files change. */
export interface TlsWatch extends Disposable {
  readonly pair: TlsPair
  /** Sets what is called with each new pair. */
  onChange(use: (pair: TlsPair) => void): void
  /** Reads both files now, as after SIGHUP. */
  reload(): void
}

/**
 * Takes a new pair over when a file changed and key and certificate match; between the writes of the two they do not, and
 * the old pair stays. It polls with stat(2), which follows the symbolic links that certbot and Kubernetes replace.
 *
 * @throws HtpasswdError as `readTls`.
 */
export function watchTls(paths: TlsPaths, notify: (text: string) => void): TlsWatch {
  let pair = readTls(paths)
  let use = (_: TlsPair): void => {}
  let lastProblem: string | undefined
  const reload = (): void => {
    try {
      const next = readTls(paths)
      lastProblem = undefined
      // both files change together, and SIGHUP may come as well
      if (next.cert.equals(pair.cert) && next.key.equals(pair.key)) return
      pair = next
      use(pair)
      notify(`${paths.cert} changed: new connections get the new certificate`)
    } catch (error) {
      const { message } = error as Error
      if (message !== lastProblem) notify(`warning: ${message}; the old certificate stays in use`)
      lastProblem = message
    }
  }
  const files = [...new Set([paths.cert, paths.key])]
  for (const file of files) watchFile(file, { persistent: false, interval: POLL_MS }, reload)
  return {
    get pair() {
      return pair
    },
    onChange: listener => {
      use = listener
    },
    reload,
    [Symbol.dispose]: () => {
      for (const file of files) unwatchFile(file, reload)
    },
  }
}

/** Warns of a private key that other accounts of this machine can read or write; a mode says so on POSIX only. */
export function keyWarnings(path: string, platform: NodeJS.Platform = process.platform): string[] {
  const mode = platform === 'win32' ? 0 : statSync(path).mode
  if ((mode & (OTHERS_READ | GROUP_OR_OTHERS_WRITE)) === 0) return []
  const octal = (mode & 0o7777).toString(8)
  const who = (mode & OTHERS_READ) !== 0 ? 'every user of this machine can read' : 'others can replace'
  return [`${path} has mode ${octal}: ${who} the private key. Fix it with: chmod 600 ${shellWord(path)}`]
}

// a group that may read it is common: Debian's ssl-cert
const OTHERS_READ = 0o004
const GROUP_OR_OTHERS_WRITE = 0o022

/**
 * The certificate that the options name.
 *
 * @param own the file of `--https`, with certificate and key.
 * @throws HtpasswdError as `readTls`.
 */
export function certificateOf(
  values: ServeValues,
  own: string | undefined,
  notify: (text: string) => void,
): TlsWatch | undefined {
  const { 'tls-cert': cert = own, 'tls-key': key = own } = values
  return cert !== undefined && key !== undefined ? watchTls({ cert, key }, notify) : undefined
}
