// What makes the programs of a computer trust a certificate authority: the commands of each system. Pure.
import { join } from 'node:path'

/** The computer, as far as it matters. */
export interface TrustHost {
  readonly platform: NodeJS.Platform
  readonly home: string
  readonly isRoot: boolean
  /** Whether a program is on the PATH. */
  has(program: string): boolean
  /** Whether a folder or file exists. */
  exists(path: string): boolean
  /** Folders of Firefox' profiles. */
  readonly firefoxProfiles: readonly string[]
}

/** The certificate of the authority. */
export interface Authority {
  readonly file: string
  /** Names it in the stores. */
  readonly name: string
  /** In hexadecimal, upper case. */
  readonly serialNumber: string
}

interface TrustStep {
  /** Which programs it is for. */
  readonly describe: string
  readonly command: readonly [program: string, ...args: string[]]
  /** It may fail, for example because there is nothing to remove. */
  readonly optional?: true
}

export interface TrustPlan {
  readonly steps: readonly TrustStep[]
  /** What is left to do by hand, and how. */
  readonly notes: readonly string[]
}

const FIREFOX_READS_SYSTEM = 'Firefox 120 and later reads the store of the system.'

export function trustPlan(host: TrustHost, authority: Authority, remove: boolean): TrustPlan {
  if (host.platform === 'win32') return windowsPlan(authority, remove)
  if (host.platform === 'darwin') return macPlan(host, authority, remove)
  return linuxPlan(host, authority, remove)
}

/** Windows asks once more, in a window of its own. */
function windowsPlan({ file, serialNumber }: Authority, remove: boolean): TrustPlan {
  const words = remove ? ['-delstore', 'Root', serialNumber] : ['-addstore', 'Root', file]
  const describe = 'Edge, Chrome and other programs of this account'
  return { steps: [{ describe, command: ['certutil', '-user', ...words] }], notes: [FIREFOX_READS_SYSTEM] }
}

function macPlan({ home }: TrustHost, { file }: Authority, remove: boolean): TrustPlan {
  const keychain = join(home, 'Library', 'Keychains', 'login.keychain-db')
  const words = remove
    ? ['remove-trusted-cert', file]
    : ['add-trusted-cert', '-r', 'trustRoot', '-k', keychain, file]
  const describe = 'Safari, Chrome, curl and other programs of this account'
  return { steps: [{ describe, command: ['security', ...words] }], notes: [FIREFOX_READS_SYSTEM] }
}

/** Where distributions keep further authorities, and what reads them: update-ca-certificates(8), update-ca-trust(8). */
const SYSTEM_STORES = [
  ['/usr/local/share/ca-certificates', 'update-ca-certificates'],
  ['/etc/pki/ca-trust/source/anchors', 'update-ca-trust'],
  ['/etc/ca-certificates/trust-source/anchors', 'update-ca-trust'],
  ['/etc/pki/trust/anchors', 'update-ca-certificates'],
] as const

function linuxPlan(host: TrustHost, authority: Authority, remove: boolean): TrustPlan {
  const system = systemSteps(host, authority, remove)
  const browsers = host.has('certutil') ? browserSteps(host, authority, remove) : []
  return {
    steps: [...system, ...browsers],
    notes: [
      ...(system.length > 0 ? [] : ['The store of this system is not known; see its manual.']),
      ...(host.has('certutil')
        ? []
        : [
            'Chromium, Chrome and Firefox have stores of their own, which certutil changes; install it and run this again ' +
              '(Debian and Ubuntu: libnss3-tools, Fedora: nss-tools, Arch: nss).',
          ]),
    ],
  }
}

function systemSteps({ isRoot, has, exists }: TrustHost, authority: Authority, remove: boolean): TrustStep[] {
  const store = SYSTEM_STORES.find(([folder, program]) => exists(folder) && has(program))
  if (store === undefined) return []
  const [folder, program] = store
  const file = join(folder, `${authority.name.replaceAll(/\W+/g, '-')}.crt`)
  const asRoot = (first: string, ...args: string[]): readonly [string, ...string[]] =>
    isRoot ? [first, ...args] : ['sudo', first, ...args]
  const describe = 'curl, Python and other programs of this computer'
  return [
    { describe, command: remove ? asRoot('rm', '-f', file) : asRoot('cp', authority.file, file) },
    {
      describe,
      command: asRoot(program, ...(remove && program.endsWith('certificates') ? ['--fresh'] : [])),
    },
  ]
}

/** The stores of NSS, certutil(1). */
function browserSteps(host: TrustHost, { file, name }: Authority, remove: boolean): TrustStep[] {
  const chrome = join(host.home, '.pki', 'nssdb')
  const describe = 'Chromium and Chrome of this account'
  const change = (folder: string, who: string): TrustStep => {
    const words = remove ? ['-D', '-n', name] : ['-A', '-t', 'C,,', '-n', name, '-i', file]
    return {
      describe: who,
      command: ['certutil', '-d', `sql:${folder}`, ...words],
      ...(remove && { optional: true }),
    }
  }
  const create: TrustStep[] =
    remove || host.exists(join(chrome, 'cert9.db'))
      ? []
      : [
          { describe, command: ['mkdir', '-p', '-m', '700', chrome] },
          { describe, command: ['certutil', '-d', `sql:${chrome}`, '-N', '--empty-password'] },
        ]
  return [
    ...create,
    change(chrome, describe),
    ...host.firefoxProfiles.map(profile => change(profile, 'Firefox of this account')),
  ]
}
