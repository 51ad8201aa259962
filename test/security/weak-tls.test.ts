// Cipher suites without forward secrecy or with CBC are refused, also after a new certificate; Node's default has AES128-SHA.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { afterAll, afterEach, expect, test } from 'vitest'
import { makeCertificate, openssl } from '../support/certificate.ts'
import { skipReason } from '../support/outside-program.ts'
import { TestGuard } from '../support/test-guard.ts'

const folder = mkdtempSync(join(tmpdir(), 'weak-tls-'))
afterAll(() => rmSync(folder, { recursive: true }))
let guard: TestGuard | undefined
afterEach(() => guard?.[Symbol.asyncDispose]())

const handshake = (port: number, options: object): Promise<string> =>
  new Promise(resolve => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options }, () => {
      resolve(`${socket.getProtocol()} ${socket.getCipher().name}`)
      socket.destroy()
    }).once('error', () => resolve('refused'))
  })

test.skipIf(skipReason({ openssl }) !== undefined)('TLS of a guard', async () => {
  const paths = makeCertificate(folder, 'localhost')
  const tls = { cert: readFileSync(paths.cert), key: readFileSync(paths.key) }
  guard = await TestGuard.start({ tls })
  const { port, guard: running } = guard
  for (let certificate = 1; certificate <= 2; certificate++) {
    // at security level 0, or this client would not offer them
    for (const ciphers of [
      'AES128-SHA',
      'AES128-GCM-SHA256',
      'ECDHE-RSA-AES128-SHA',
      'ECDHE-ECDSA-AES128-SHA',
    ])
      expect(await handshake(port, { maxVersion: 'TLSv1.2', ciphers: `${ciphers}:@SECLEVEL=0` })).toBe(
        'refused',
      )
    expect(
      await handshake(port, { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' }),
    ).toBe('refused')
    expect(await handshake(port, { maxVersion: 'TLSv1.2' })).toMatch(/^TLSv1.2 ECDHE-\w+-(AES|CHACHA)/)
    expect(await handshake(port, {})).toMatch(/^TLSv1.3 /)
    running.setCertificate(tls)
  }
})
