// `htpasswd trust`: makes the browsers and programs of this computer trust the certificate authority of `serve --https`.
import { spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { ExitStatus, HtpasswdError } from '../../../errors.ts'
import { systemProgram } from '../../../platform/windows-program.ts'
import { runCommand } from '../../options/run-command.ts'
import { type CommandSpec, helpOption, type OptionTable } from '../../options/table.ts'
import { usageError } from '../../options/usage-error.ts'
import type { Io } from '../../terminal/io.ts'
import { confirm } from '../../terminal/prompt.ts'
import { filesIn, stateFolder } from '../serve/https/folder.ts'
import { type Authority, type TrustHost, type TrustPlan, trustPlan } from './plan.ts'

const group = 'Running:'

export const trustOptions = {
  print: { group, describe: 'only show the commands' },
  yes: { group, alias: 'y', describe: 'do not ask' },
  remove: { group, describe: 'no longer trust it' },
  help: helpOption,
} as const satisfies OptionTable

export const trustSpec: CommandSpec<typeof trustOptions> = {
  name: 'trust',
  synopsis: ['[CA-FILE]'],
  firstPositional: [],
  describe:
    'Makes browsers and other programs of this computer trust the certificate authority of "serve --https". On another ' +
    'computer name the file that its owner sent you, and compare the fingerprint with theirs.',
  options: trustOptions,
  examples: ['htpasswd trust', 'htpasswd trust ca.pem --print'],
  epilogue: 'Status 4: not confirmed, nothing was changed.',
}

/** What the command does to the computer. */
export interface TrustProcess extends TrustHost {
  /** @returns the exit status; undefined if there is no such program. */
  run(command: readonly string[]): number | undefined
}

/** Runs the command and returns its exit status. */
export function trust(
  argv: readonly string[],
  io: Io,
  host: TrustProcess = thisComputer(io),
): Promise<number> {
  return runCommand(trustSpec, argv, io, async ({ positionals, values }) => {
    if (positionals.length > 1) throw usageError(`expected one file, got ${positionals.join(' ')}`)
    const authority = await readAuthority(positionals[0], io)
    const plan = trustPlan(host, authority, values.remove)
    show(plan, authority, io)
    if (values.print || plan.steps.length === 0) return ExitStatus.ok
    if (!values.yes && !(await confirm(io, 'Run these commands?'))) {
      throw new HtpasswdError(
        'ERR_INTERRUPTED',
        'not confirmed, nothing was changed; with --yes there is no question',
      )
    }
    for (const { command, optional } of plan.steps) {
      const status = host.run(command)
      if (status === 0 || optional) continue
      throw new HtpasswdError(
        'ERR_APP',
        `${command[0]} ${status === undefined ? 'was not found' : `ended with status ${status}`}; what came before it was done`,
      )
    }
    io.err(values.remove ? 'No longer trusted.\n' : 'Trusted. Start the browser anew.\n')
    return ExitStatus.ok
  })
}

function show({ steps, notes }: TrustPlan, { name, file }: Authority, io: Io): void {
  const { fingerprint256 } = new X509Certificate(readFileSync(file))
  io.err(`${name}, ${file}\n  SHA-256 ${fingerprint256.replaceAll(':', '').toLowerCase()}\n`)
  let last = ''
  for (const { describe, command } of steps) {
    if (describe !== last) io.err(`For ${describe}:\n`)
    last = describe
    io.err(`  ${command.map(word => (/\s/.test(word) ? `"${word}"` : word)).join(' ')}\n`)
  }
  for (const note of notes) io.err(`${note}\n`)
}

/** @throws HtpasswdError if the file is missing, no certificate, or one that could sign for every site. */
async function readAuthority(given: string | undefined, { env }: Io): Promise<Authority> {
  const folder = stateFolder(env)
  const own = folder === undefined ? undefined : filesIn(folder).authority
  const file = given ?? own
  if (file === undefined || !existsSync(file)) {
    const advice =
      given === undefined
        ? '; start "htpasswd serve --https" first, or name the file of another computer'
        : ''
    throw new HtpasswdError(
      'ERR_FILE_ACCESS',
      `expected a certificate authority in ${file ?? 'a folder of this account'}, found none${advice}`,
    )
  }
  const { permittedNames } = await import('../serve/https/x509.ts')
  const pem = readFileSync(file, 'latin1')
  const certificate = parseCertificate(file, pem)
  if (!certificate.ca)
    throw new HtpasswdError(
      'ERR_OPTION',
      `${file} is the certificate of a server, not of an authority; use ca.pem`,
    )
  if (permittedNames(pem).length === 0) {
    throw new HtpasswdError(
      'ERR_OPTION',
      `${file} could sign for every site, and "htpasswd trust" adds only authorities that are limited, as those of "serve --https" are`,
    )
  }
  const [, name = 'htpasswd-kit CA'] = /^CN=(.*)$/m.exec(certificate.subject) ?? []
  const { serialNumber, fingerprint256 } = certificate
  return {
    file: resolve(file),
    name: `${name} ${fingerprint256.replaceAll(':', '').slice(0, 8).toLowerCase()}`,
    serialNumber,
  }
}

function parseCertificate(file: string, pem: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch (error) {
    throw new HtpasswdError('ERR_OPTION', `expected a certificate in PEM in ${file}`, { cause: error })
  }
}

function thisComputer({ env, platform }: Io): TrustProcess {
  const home = homedir()
  const folders = (env.PATH ?? '').split(delimiter)
  return {
    platform,
    home,
    isRoot: process.getuid?.() === 0,
    has: program => ['/usr/sbin', '/sbin', ...folders].some(folder => existsSync(join(folder, program))),
    exists: existsSync,
    firefoxProfiles: firefoxProfiles(home),
    run: ([program = '', ...args]) => {
      const path = platform === 'win32' ? systemProgram(program) : program
      const { status, error } = spawnSync(path, args, { stdio: 'inherit' })
      return error === undefined ? (status ?? 1) : undefined
    },
  }
}

/** With a certificate store; also those of the snap and of flatpak. */
function firefoxProfiles(home: string): string[] {
  const roots = [
    '.mozilla/firefox',
    'snap/firefox/common/.mozilla/firefox',
    '.var/app/org.mozilla.firefox/.mozilla/firefox',
  ]
  return roots.flatMap(root => {
    const folder = join(home, root)
    const names = existsSync(folder) ? readdirSync(folder) : []
    return names.map(name => join(folder, name)).filter(profile => existsSync(join(profile, 'cert9.db')))
  })
}
