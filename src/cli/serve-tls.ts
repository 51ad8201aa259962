// The certificate and key of the guard: read, checked together, and read again when a file changes.
import { readFileSync, unwatchFile, watchFile } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { HtpasswdError } from '../errors.ts'

export interface TlsPair {
  readonly cert: Buffer
  readonly key: Buffer
}

export interface TlsPaths {
  readonly cert: string
  readonly key: string
}

const POLL_MS = 1000

/** @throws HtpasswdError where a file cannot be read, is no PEM or the key is not the certificate's. */
export function readTls(paths: TlsPaths): TlsPair {
  const pair = { cert: readPem('--tls-cert', paths.cert), key: readPem('--tls-key', paths.key) }
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

function readPem(option: string, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new HtpasswdError(
      'ERR_FILE_ACCESS',
      `${option} expected a readable file, got ${path}: ${(error as Error).message}`,
      {
        cause: error,
      },
    )
  }
}

export interface TlsWatch extends Disposable {
  /** Reads both files now, as on SIGHUP. */
  reload(): void
}

/**
 * Hands over the new pair when a file changed and both fit again; between the writing of the one and the other they do
 * not, and the old pair stays. By stat, which follows the links that certbot and Kubernetes swap.
 */
export function watchTls(
  paths: TlsPaths,
  use: (pair: TlsPair) => void,
  say: (text: string) => void,
): TlsWatch {
  const reload = (): void => {
    try {
      use(readTls(paths))
      say(`${paths.cert} changed: new connections get the new certificate`)
    } catch (error) {
      say(`warning: ${(error as Error).message}; the old certificate stays in use`)
    }
  }
  const files = [...new Set([paths.cert, paths.key])]
  for (const file of files) watchFile(file, { persistent: false, interval: POLL_MS }, reload)
  return {
    reload,
    [Symbol.dispose]: () => {
      for (const file of files) unwatchFile(file, reload)
    },
  }
}
