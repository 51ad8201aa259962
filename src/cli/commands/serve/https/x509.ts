// Certificates (RFC 5280): structures from @peculiar/asn1-x509, keys and signatures from node:crypto.
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto'
import { isIP } from 'node:net'
import { AsnConvert, OctetString } from '@peculiar/asn1-schema'
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_nameConstraints,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_serverAuth,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  Name,
  NameConstraints,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509'
import { canonicalAddress } from '../../../../platform/ip-address.ts'

/** A certificate with its private key, both in PEM. */
export interface KeyAndCertificate {
  readonly key: string
  readonly certificate: string
}

/** DNS names and IP addresses; in a certificate authority also networks such as `10.0.0.0/8`. */
export type Names = readonly string[]

interface Request {
  readonly commonName: string
  readonly notBefore: Date
  readonly notAfter: Date
}

const COMMON_NAME = '2.5.4.3'
/** ecdsa-with-SHA256 (RFC 5758 section 3.2): its parameters are absent. */
const ECDSA_SHA256 = '1.2.840.10045.4.3.2'

/** A certificate authority that can sign for servers of these names only (RFC 5280 section 4.2.1.10). */
export function createAuthority(request: Request, permitted: Names): KeyAndCertificate {
  const { privateKey, publicKey } = newKeys()
  const subtrees = permitted.map(name => new GeneralSubtree({ base: generalName(name) }))
  const extensions = [
    extension(id_ce_basicConstraints, new BasicConstraints({ cA: true, pathLenConstraint: 0 }), true),
    extension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign), true),
    extension(id_ce_extKeyUsage, new ExtendedKeyUsage([id_kp_serverAuth])),
    extension(
      id_ce_nameConstraints,
      new NameConstraints({ permittedSubtrees: new GeneralSubtrees(subtrees) }),
      true,
    ),
  ]
  const issuer = { name: nameOf(request.commonName), key: privateKey, publicKey }
  return { key: pemOf(privateKey), certificate: signed(request, publicKey, issuer, extensions) }
}

/** A server's certificate for these names. */
export function issueCertificate(
  request: Request,
  names: Names,
  authority: KeyAndCertificate,
): KeyAndCertificate {
  const { privateKey, publicKey } = newKeys()
  const extensions = [
    extension(id_ce_basicConstraints, new BasicConstraints({ cA: false }), true),
    extension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.digitalSignature), true),
    extension(id_ce_extKeyUsage, new ExtendedKeyUsage([id_kp_serverAuth])),
    extension(id_ce_subjectAltName, new SubjectAlternativeName(names.map(generalName))),
  ]
  const { raw } = new X509Certificate(authority.certificate)
  const issuer = {
    name: AsnConvert.parse(raw, Certificate).tbsCertificate.subject,
    key: createPrivateKey(authority.key),
    publicKey: createPublicKey(authority.certificate),
  }
  return { key: pemOf(privateKey), certificate: signed(request, publicKey, issuer, extensions) }
}

const newKeys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString()
const derOf = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' })

const extension = (extnID: string, value: object, critical = false): Extension =>
  new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) })

const generalName = (name: string): GeneralName =>
  new GeneralName(isIP(name.split('/')[0] as string) ? { iPAddress: name } : { dNSName: name })

const nameOf = (commonName: string): Name => {
  const value = new AttributeValue({ utf8String: commonName })
  return new Name([new RelativeDistinguishedName([new AttributeTypeAndValue({ type: COMMON_NAME, value })])])
}

/** RFC 7093 section 2: the first 160 bits of a SHA-256 over the key. */
const keyIdentifier = (key: KeyObject): KeyIdentifier =>
  new KeyIdentifier(createHash('sha256').update(derOf(key)).digest().subarray(0, 20))

interface Issuer {
  readonly name: Name
  readonly key: KeyObject
  readonly publicKey: KeyObject
}

/** @returns PEM. */
function signed(
  { commonName, notBefore, notAfter }: Request,
  publicKey: KeyObject,
  issuer: Issuer,
  extensions: readonly Extension[],
): string {
  const algorithm = new AlgorithmIdentifier({ algorithm: ECDSA_SHA256 })
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: serialNumber(),
    signature: algorithm,
    issuer: issuer.name,
    validity: new Validity({ notBefore, notAfter }),
    subject: nameOf(commonName),
    subjectPublicKeyInfo: AsnConvert.parse(derOf(publicKey), SubjectPublicKeyInfo),
    extensions: new Extensions([
      ...extensions,
      extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(keyIdentifier(publicKey).buffer)),
      extension(
        id_ce_authorityKeyIdentifier,
        new AuthorityKeyIdentifier({ keyIdentifier: keyIdentifier(issuer.publicKey) }),
      ),
    ]),
  })
  const signatureValue = sign('sha256', Buffer.from(AsnConvert.serialize(tbsCertificate)), issuer.key)
  const certificate = new Certificate({
    tbsCertificate,
    signatureAlgorithm: algorithm,
    signatureValue: bytesOf(signatureValue),
  })
  const lines =
    Buffer.from(AsnConvert.serialize(certificate))
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

/** 127 random bits: positive, and at most 20 bytes (RFC 5280 section 4.1.2.2). */
function serialNumber(): ArrayBuffer {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] as number) & 0x7f) | 0x40
  return bytesOf(bytes)
}

const bytesOf = (buffer: Buffer): ArrayBuffer => new Uint8Array(buffer).buffer

/** The names and networks that a certificate authority may sign for. */
export function permittedNames(certificate: string): string[] {
  const { tbsCertificate } = AsnConvert.parse(new X509Certificate(certificate).raw, Certificate)
  const found = tbsCertificate.extensions?.find(({ extnID }) => extnID === id_ce_nameConstraints)
  if (found === undefined) return []
  const { permittedSubtrees } = AsnConvert.parse(found.extnValue.buffer, NameConstraints)
  return [...(permittedSubtrees ?? [])].map(({ base }) => base.dNSName ?? base.iPAddress ?? '')
}

/** The names that a server's certificate is for. */
export const subjectNames = (certificate: string): string[] =>
  (new X509Certificate(certificate).subjectAltName ?? '')
    .split(', ')
    .map(name => name.replace(/^(DNS|IP Address):/, ''))
    .map(name => (isIP(name) ? canonicalAddress(name) : name))
