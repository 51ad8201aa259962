// Protocol versions and cipher suites of a guard that serves HTTPS.

/**
 * Mozilla's "intermediate" list (https://wiki.mozilla.org/Security/Server_Side_TLS, 5.7) without DHE: key exchange with
 * forward secrecy and authenticated encryption only. Node's default also takes AES128-SHA, which has neither.
 */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
]

/** The certificate as the options of a TLS server. */
export const tlsPolicy = <Pem>({ cert, key }: { readonly cert: Pem; readonly key: Pem }) => ({
  cert,
  key,
  minVersion: 'TLSv1.2' as const,
  ciphers: CIPHERS.join(':'),
})
