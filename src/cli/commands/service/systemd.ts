// The guard as a systemd unit (systemd.service(5), systemd.exec(5)): shut in as far as a web server can be.
import { join } from 'node:path'
import { HtpasswdError } from '../../../errors.ts'
import { type Account, accountOf } from './account.ts'
import type { Plan, Service, ServiceHost, ServiceManager } from './plan.ts'

/** Works in every unit: by system calls. */
const SECCOMP = [
  'NoNewPrivileges=yes',
  'LockPersonality=yes',
  'RestrictNamespaces=yes',
  'RestrictRealtime=yes',
  'RestrictSUIDSGID=yes',
  // netlink tells the addresses of this machine for the start message
  'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK',
  'SystemCallArchitectures=native',
  'SystemCallFilter=@system-service',
  'SystemCallErrorNumber=EPERM',
  'UMask=0077',
]

/** Only the system's own manager may: by namespaces of its own. No MemoryDenyWriteExecute: V8 compiles. */
const NAMESPACES = [
  'ProtectSystem=strict',
  'ProtectHome=read-only',
  'ProtectProc=invisible',
  'ProtectClock=yes',
  'ProtectControlGroups=yes',
  'ProtectHostname=yes',
  'ProtectKernelLogs=yes',
  'ProtectKernelModules=yes',
  'ProtectKernelTunables=yes',
  'PrivateDevices=yes',
  'PrivateTmp=yes',
  'RemoveIPC=yes',
]

export function systemd(host: ServiceHost): ServiceManager {
  const config = host.env.XDG_CONFIG_HOME || join(host.home, '.config')
  const pathOf = (name: string, atBoot: boolean): string =>
    join(atBoot ? '/etc/systemd/system' : join(config, 'systemd', 'user'), `${name}.service`)
  const systemctl = (atBoot: boolean, ...words: string[]): readonly [string, ...string[]] => [
    'systemctl',
    ...(atBoot ? [] : ['--user']),
    ...words,
  ]
  return {
    install(service): Plan {
      const { name, atBoot } = service
      if (atBoot) rejectTemporary([service.passwordFile, ...service.reads])
      const account = atBoot ? accountOf(service) : undefined
      const linger = 'it runs while you are logged on; for longer: loginctl enable-linger'
      return {
        file: { path: pathOf(name, atBoot), content: unitOf(service, account, host.env.PATH) },
        steps: [
          { command: systemctl(atBoot, 'daemon-reload') },
          { command: systemctl(atBoot, 'enable', name) },
          // not enable --now, which would leave a running one as it was
          { command: systemctl(atBoot, 'restart', name) },
        ],
        ...(!atBoot && { note: linger }),
      }
    },
    uninstall: (name, atBoot) => ({
      file: { path: pathOf(name, atBoot) },
      steps: [
        { command: systemctl(atBoot, 'disable', '--now', name), optional: true },
        { command: systemctl(atBoot, 'daemon-reload') },
      ],
    }),
    status: (name, atBoot) => ({
      steps: [{ command: systemctl(atBoot, '--no-pager', 'status', name) }],
    }),
  }
}

/** PrivateTmp shows the service an empty /tmp. */
function rejectTemporary(paths: readonly string[]): void {
  const found = paths.find(path => /^\/(var\/)?tmp\//.test(path))
  if (found === undefined) return
  throw new HtpasswdError(
    'ERR_USAGE',
    `expected files that stay, got ${found}; a service does not see /tmp, so move it elsewhere`,
  )
}

/** @throws HtpasswdError `ERR_USAGE` for a path that a unit cannot hold. */
export function unitOf(service: Service, account: Account, path = ''): string {
  const { atBoot, startsApp, lowPort, program, describe } = service
  rejectOddProgram(program[0] as string)
  const folder = settingPath(service.folder)
  const capability = lowPort ? 'CAP_NET_BIND_SERVICE' : ''
  const who = account === undefined ? ['DynamicUser=yes'] : [`User=${account.uid}`, `Group=${account.gid}`]
  const lines = [
    '# Made by "htpasswd service install"; run that again to change it.',
    '[Unit]',
    `Description=htpasswd serve: ${oneLine(describe)}`,
    ...(atBoot ? ['Wants=network-online.target', 'After=network-online.target'] : []),
    '',
    '[Service]',
    'Type=exec',
    `ExecStart=${program.map(quoteWord).join(' ')}`,
    // an app's data is there; the guard alone needs no folder, and one in a closed home would keep it from starting
    ...(startsApp ? [`WorkingDirectory=${folder}`, `Environment=${quoteSetting(`PATH=${path}`)}`] : []),
    'Restart=on-failure',
    'RestartSec=5',
    // wrong options stay wrong
    'RestartPreventExitStatus=2',
    'TimeoutStopSec=30',
    ...(atBoot ? [...who, `CapabilityBoundingSet=${capability}`, `AmbientCapabilities=${capability}`] : []),
    ...SECCOMP,
    ...(atBoot ? NAMESPACES : []),
    ...(atBoot && startsApp ? [`ReadWritePaths=${quoteSetting(service.folder)}`] : []),
    '',
    '[Install]',
    `WantedBy=${atBoot ? 'multi-user.target' : 'default.target'}`,
  ]
  return `${lines.join('\n')}\n`
}

// systemd.syntax(7), "Quoting"; systemd.service(5), "Command lines"
const quoteSetting = (word: string): string =>
  `"${word
    .replace(/[\\"]/g, '\\$&')
    .replace(/%/g, '%%')
    .replace(/[\x00-\x1f\x7f]/g, c => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)}"`

/** A word of ExecStart; in the first, the program, variables are not replaced. */
const quoteWord = (word: string, index: number): string =>
  index === 0 ? quoteSetting(word) : quoteSetting(word).replace(/\$/g, '$$$$')

/** systemd refuses such a program, however it is quoted (string_is_safe of its sources). */
function rejectOddProgram(path: string): void {
  if (!/["'\\\x00-\x1f\x7f]/.test(path)) return
  throw new HtpasswdError(
    'ERR_USAGE',
    `expected a program without quotes and backslashes in its path, got ${path}; systemd starts no other`,
  )
}

/** WorkingDirectory= takes its text as it is, to the end of the line and without the blanks there. */
function settingPath(path: string): string {
  if (/[\n\r\\]|\s$/.test(path)) {
    throw new HtpasswdError(
      'ERR_USAGE',
      `expected a working folder without line end, backslash or blank at its end, got ${JSON.stringify(path)}`,
    )
  }
  return path.replace(/%/g, '%%')
}

const oneLine = (text: string): string => text.replace(/%/g, '%%').replace(/[\x00-\x1f\\]/g, '?')
