// The certificates of `--https`: made at the first use, and made again before they expire or when a name is added.
import { X509Certificate } from 'node:crypto'
import { HtpasswdError } from '../../../../errors.ts'
import { acquireLock, DEFAULT_LOCK_TIMEOUT } from '../../../../store/lock.ts'
import { type HttpsFiles, openFolder, readStored, writeStored } from './folder.ts'
import { type Machine, thisMachine } from './names.ts'
import { renew } from './renew.ts'

/** What a visitor needs to trust the server. */
export interface LocalCertificates {
  readonly files: HttpsFiles
  /** SHA-256 of the certificate authority: 64 hexadecimal digits. */
  readonly fingerprint: string
}

export interface CertificateRequest {
  readonly passwordFile: string
  readonly env: NodeJS.ProcessEnv
  /** The names of --https-name. */
  readonly names: readonly string[]
  readonly notify: (text: string) => void
  readonly machine?: Machine
  readonly now?: Date
}

/** @throws HtpasswdError if the files cannot be read or written, or are damaged. */
export async function ensureCertificates({
  passwordFile,
  env,
  names,
  notify,
  machine = thisMachine(),
  now = new Date(),
}: CertificateRequest): Promise<LocalCertificates> {
  const files = await openFolder(passwordFile, env)
  const lock = await acquireLock(files.authority, DEFAULT_LOCK_TIMEOUT)
  try {
    const stored = await readStored(files)
    const { authority, server, replaced } = renewed(() => renew(stored, machine, names, now), files)
    if (authority !== stored.authority) {
      // the key first: a certificate without its key counts as none
      await writeStored(files.authorityKey, authority.key, 0o600)
      await writeStored(files.authority, authority.certificate, 0o644)
    }
    if (server !== stored.server) await writeStored(files.server, `${server.certificate}${server.key}`, 0o600)
    if (replaced !== undefined)
      notify(
        `warning: ${files.authority} was made anew, because ${replaced}: visitors have to trust it again`,
      )
    return { files, fingerprint: fingerprintOf(authority.certificate) }
  } finally {
    lock.release()
  }
}

const fingerprintOf = (certificate: string): string =>
  new X509Certificate(certificate).fingerprint256.replaceAll(':', '').toLowerCase()

function renewed<T>(work: () => T, { folder }: HttpsFiles): T {
  try {
    return work()
  } catch (error) {
    throw new HtpasswdError(
      'ERR_FILE_ACCESS',
      `the certificates in ${folder} are damaged: ${(error as Error).message}; delete that folder to make new ones, which visitors have to trust again`,
      { cause: error },
    )
  }
}

const DAY_MS = 86_400_000

/** Renews once a day what is due; the server reads its certificate again when the file changes. */
export function renewDaily(request: CertificateRequest): Disposable {
  const look = (): void =>
    void ensureCertificates(request).catch(error =>
      request.notify(`warning: ${(error as Error).message}; the old certificate stays in use`),
    )
  const timer = setInterval(look, DAY_MS).unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
