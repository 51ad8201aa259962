// A certificate for a proof: made by openssl, signed by itself, for the loopback address and one name.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { findProgram } from './outside-program.ts'

export const openssl = findProgram('openssl')

/** The files of a new pair, in this folder. */
export function makeCertificate(folder: string, name: string): { cert: string; key: string } {
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1']
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name},IP:127.0.0.1`]
  const files = ['-keyout', key, '-out', cert]
  execFileSync(openssl as string, ['req', ...kind, ...subject, ...files], { stdio: 'ignore' })
  return { cert, key }
}
