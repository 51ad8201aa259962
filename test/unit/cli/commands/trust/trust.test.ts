// `htpasswd trust`: the commands of each system, shown, confirmed and run; only for an authority with limited names.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createAuthority, issueCertificate } from '../../../../../src/cli/commands/serve/https/x509.ts'
import { type TrustHost, trustPlan } from '../../../../../src/cli/commands/trust/plan.ts'
import { trust } from '../../../../../src/cli/commands/trust/run.ts'
import { recordedIo } from '../../../../support/recorded-io.ts'

const folder = mkdtempSync(join(tmpdir(), 'trust-'))
afterAll(() => rmSync(folder, { recursive: true }))
const request = {
  commonName: 'htpasswd-kit CA of lab',
  notBefore: new Date(),
  notAfter: new Date(Date.now() + 86_400_000),
}
const limited = createAuthority(request, ['local', '10.0.0.0/8'])
const server = issueCertificate(request, ['a.local'], limited)
const write = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
const ca = write('ca.pem', limited.certificate)

const authority = { file: '/ca.pem', name: 'htpasswd-kit CA of lab 1a2b', serialNumber: '4D' }
const host = (changes: Partial<TrustHost>): TrustHost => ({
  platform: 'linux',
  home: '/home/ann',
  isRoot: false,
  has: () => true,
  exists: path => path === '/usr/local/share/ca-certificates',
  firefoxProfiles: [],
  ...changes,
})
const commands = (changes: Partial<TrustHost>, remove = false): string[] =>
  trustPlan(host(changes), authority, remove).steps.map(({ command }) => command.join(' '))
const CHROME = 'certutil -d sql:/home/ann/.pki/nssdb'
const DEBIAN = '/usr/local/share/ca-certificates/htpasswd-kit-CA-of-lab-1a2b.crt'

test.skipIf(process.platform === 'win32').each<[string, Partial<TrustHost>, boolean, string[]]>([
  ['Windows', { platform: 'win32' }, false, ['certutil -user -addstore Root /ca.pem']],
  ['Windows, remove', { platform: 'win32' }, true, ['certutil -user -delstore Root 4D']],
  [
    'macOS',
    { platform: 'darwin' },
    false,
    ['security add-trusted-cert -r trustRoot -k /home/ann/Library/Keychains/login.keychain-db /ca.pem'],
  ],
  ['macOS, remove', { platform: 'darwin' }, true, ['security remove-trusted-cert /ca.pem']],
  [
    'Debian, with Firefox',
    { firefoxProfiles: ['/home/ann/.mozilla/firefox/x'] },
    false,
    [
      `sudo cp /ca.pem ${DEBIAN}`,
      'sudo update-ca-certificates',
      'mkdir -p -m 700 /home/ann/.pki/nssdb',
      `${CHROME} -N --empty-password`,
      `${CHROME} -A -t C,, -n ${authority.name} -i /ca.pem`,
      `certutil -d sql:/home/ann/.mozilla/firefox/x -A -t C,, -n ${authority.name} -i /ca.pem`,
    ],
  ],
  [
    'Fedora, as root, without certutil',
    {
      isRoot: true,
      has: program => program !== 'certutil',
      exists: path => path.startsWith('/etc/pki/ca-trust'),
    },
    false,
    ['cp /ca.pem /etc/pki/ca-trust/source/anchors/htpasswd-kit-CA-of-lab-1a2b.crt', 'update-ca-trust'],
  ],
  [
    'Debian, remove',
    {},
    true,
    [`sudo rm -f ${DEBIAN}`, 'sudo update-ca-certificates --fresh', `${CHROME} -D -n ${authority.name}`],
  ],
])('%s', (_, changes, remove, expected) => expect(commands(changes, remove)).toEqual(expected))

test('what cannot be done is said', () => {
  expect(trustPlan(host({ has: () => false }), authority, false).notes).toEqual([
    expect.stringContaining('store of this system is not known'),
    expect.stringContaining('libnss3-tools'),
  ])
  expect(trustPlan(host({ platform: 'win32' }), authority, false).notes[0]).toContain('Firefox')
})

/** Runs the command on a computer that notes what is run. */
async function run(argv: readonly string[], status: number | undefined = 0) {
  const io = recordedIo()
  const ran: string[] = []
  const computer = host({ platform: 'darwin' })
  const result = await trust(argv, io, {
    ...computer,
    run: command => {
      ran.push(command[0] ?? '')
      return status
    },
  })
  return { result, ran, ...io.said }
}

test('shows fingerprint and commands; runs them only when confirmed', async () => {
  const shown = await run([ca, '--print'])
  expect(shown).toMatchObject({ result: 0, ran: [] })
  expect(shown.err).toMatch(
    /^htpasswd-kit CA of lab [\da-f]{8}, .*ca\.pem\n {2}SHA-256 [\da-f]{64}\nFor Safari/,
  )
  expect(await run([ca])).toMatchObject({ result: 4, ran: [] })
  expect(await run([ca, '--yes'])).toMatchObject({ result: 0, ran: ['security'] })
  const failed = await run([ca, '--yes'], 1)
  expect(failed).toMatchObject({ result: 1, err: expect.stringContaining('security ended with status 1') })
})

test.each([
  ['a missing file', () => join(folder, 'none.pem'), /found none$/],
  ['no certificate', () => write('text.pem', 'text'), /expected a certificate in PEM/],
  ['that of a server', () => write('server.pem', server.certificate), /of a server, not of an authority/],
  [
    'an authority that could sign for every site',
    () => write('wide.pem', createAuthority(request, []).certificate),
    /could sign for every site/,
  ],
])('refuses %s', async (_, file, message) => {
  const { result, err, ran } = await run([file(), '--yes'])
  expect({ result: result > 0, ran }).toEqual({ result: true, ran: [] })
  expect(err.trim()).toMatch(message)
})
