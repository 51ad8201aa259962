// Decides which of the certificate authority and the server's certificate must be created or renewed. Pure except for
// new keys.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { isPermitted, type Machine, machineNames, permittedFor } from './names.ts'
import {
  createAuthority,
  issueCertificate,
  type KeyAndCertificate,
  permittedNames,
  subjectNames,
} from './x509.ts'

/** The content of the folder. */
export interface Stored {
  readonly authority: KeyAndCertificate | undefined
  readonly server: KeyAndCertificate | undefined
}

export interface Renewal {
  readonly authority: KeyAndCertificate
  readonly server: KeyAndCertificate
  /**
   * Why the authority was replaced, so that visitors have to trust it again; undefined if it stays, or is the first.
   */
  readonly replaced?: string
}

const DAY_MS = 86_400_000
/** Browsers accept at most 398 days (CA/Browser Forum, Baseline Requirements 6.3.2). */
const SERVER_DAYS = 365
const AUTHORITY_DAYS = 3650
const RENEW_DAYS = 30
/** For visitors whose clock is behind. */
const BACKDATED_DAYS = 1

/**
 * @param wanted the names of --https-name; those of earlier runs stay in the certificate.
 * @throws Error for a stored key or certificate that is damaged.
 */
export function renew(stored: Stored, machine: Machine, wanted: readonly string[], now: Date): Renewal {
  const earlier = stored.server === undefined ? [] : subjectNames(stored.server.certificate)
  const kept = earlier.filter(name => !isIP(name))
  const reason = reasonForAuthority(stored.authority, wanted, now)
  const authority =
    reason === undefined && stored.authority !== undefined
      ? stored.authority
      : createAuthority(
          {
            commonName: `htpasswd-kit CA of ${machine.hostname}`.slice(0, 64),
            ...validity(now, AUTHORITY_DAYS),
          },
          permittedFor(machine, [...kept, ...wanted]),
        )
  const permitted = permittedNames(authority.certificate)
  const names = [...new Set([...machineNames(machine), ...kept, ...wanted])]
  // not a public address that the machine got later; visitors use another name
  const allowed = names.filter(name => isPermitted(name, permitted))
  const server =
    stored.server !== undefined && isGood(stored.server, authority, allowed, now)
      ? stored.server
      : issueCertificate(
          { commonName: allowed[0] as string, ...validity(now, SERVER_DAYS) },
          allowed,
          authority,
        )
  const replaced = stored.authority === undefined ? undefined : reason
  return { authority, server, ...(replaced !== undefined && { replaced }) }
}

/** @returns undefined if the stored one can be used. */
function reasonForAuthority(
  stored: KeyAndCertificate | undefined,
  wanted: readonly string[],
  now: Date,
): string | undefined {
  if (stored === undefined) return 'there is none'
  if (!new X509Certificate(stored.certificate).checkPrivateKey(createPrivateKey(stored.key)))
    return 'its key was another'
  // a certificate is refused as soon as its issuer has expired
  if (remainingDays(stored, now) < SERVER_DAYS + RENEW_DAYS) return 'it is about to expire'
  const permitted = permittedNames(stored.certificate)
  const outside = wanted.find(name => !isPermitted(name, permitted))
  return outside === undefined ? undefined : `it may not sign for ${outside}`
}

function isGood(
  { certificate, key }: KeyAndCertificate,
  authority: KeyAndCertificate,
  names: readonly string[],
  now: Date,
): boolean {
  const own = subjectNames(certificate)
  const issuer = new X509Certificate(authority.certificate)
  return (
    key !== '' &&
    names.every(name => own.includes(name)) &&
    remainingDays({ certificate }, now) >= RENEW_DAYS &&
    new X509Certificate(certificate).verify(issuer.publicKey)
  )
}

const remainingDays = ({ certificate }: Pick<KeyAndCertificate, 'certificate'>, now: Date): number =>
  (Date.parse(new X509Certificate(certificate).validTo) - now.getTime()) / DAY_MS

const validity = (now: Date, days: number) => ({
  notBefore: new Date(now.getTime() - BACKDATED_DAYS * DAY_MS),
  notAfter: new Date(now.getTime() + days * DAY_MS),
})
