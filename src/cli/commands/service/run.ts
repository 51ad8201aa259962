// `htpasswd service`: installs the guard as a service, controls it, removes it; with --print only shows how.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname } from 'node:path'
import { HtpasswdError } from '../../../errors.ts'
import { runCommand } from '../../options/run-command.ts'
import type { Io } from '../../terminal/io.ts'
import { launchd } from './launchd.ts'
import { type ServiceRequest, serviceRequest, serviceSpec } from './options.ts'
import type { Plan, ServiceHost, ServiceManager, Step } from './plan.ts'
import { type Invocation, serviceOf } from './program.ts'
import { systemd } from './systemd.ts'
import { taskScheduler } from './windows-task.ts'

/** The process around the command. */
export interface ServiceProcess extends ServiceHost, Invocation {
  /** Runs a command at the user's terminal; resolves with its exit status, undefined if there is no such program. */
  run(command: Step['command']): number | undefined
}

const managers: Readonly<Record<string, (host: ServiceHost) => ServiceManager>> = {
  linux: systemd,
  darwin: launchd,
  win32: taskScheduler,
}

/** Runs the command. @returns the exit status; for `status` and `logs`, 1 if the service does not exist or does not run. */
export function service(
  argv: readonly string[],
  io: Io,
  host: ServiceProcess = surroundings(io.env),
): Promise<number> {
  return runCommand(serviceSpec, argv, io, parsed => {
    const request = serviceRequest(parsed, host.folder)
    const manager = managerOf(io.platform, host)
    const plan = planOf(request, manager, host)
    return request.print ? show(plan, io) : carryOut(plan, request, manager, host, io)
  })
}

function managerOf(platform: NodeJS.Platform, host: ServiceHost): ServiceManager {
  const manager = managers[platform]
  if (manager !== undefined) return manager(host)
  throw new HtpasswdError(
    'ERR_USAGE',
    `services are supported on Linux with systemd, macOS and Windows, not on ${platform}; use its service manager to run "htpasswd serve"`,
  )
}

function planOf(request: ServiceRequest, manager: ServiceManager, host: Invocation): Plan {
  const { action, name, atBoot, follow, serve } = request
  if (serve !== undefined) return manager.install(serviceOf(serve, request, host))
  if (action === 'install') throw new Error('an installation has a command line')
  return manager.control(action, { name, atBoot, follow })
}

function show({ file, steps, lastSteps = [], note }: Plan, io: Io): number {
  if (file?.content !== undefined) {
    const { content } = file
    io.out(typeof content === 'string' ? content : content.toString('utf16le').replace('\ufeff', ''))
    io.err(`would write this to ${file.path}\n`)
  } else if (file !== undefined) io.err(`would delete ${file.path}\n`)
  for (const { command } of [...steps, ...lastSteps]) io.err(`would run: ${command.join(' ')}\n`)
  if (note !== undefined) io.err(`${note}\n`)
  return 0
}

/** What is said when an action is done; `status` and `logs` speak for themselves. */
const doneMessages: Partial<Record<ServiceRequest['action'], string>> = {
  install: 'is installed and started',
  uninstall: 'is uninstalled',
  start: 'is started',
  stop: 'is stopped',
  restart: 'is started again',
}

function carryOut(
  plan: Plan,
  request: ServiceRequest,
  manager: ServiceManager,
  host: ServiceProcess,
  io: Io,
): number {
  const { file, steps, lastSteps = [], note } = plan
  const { action, name } = request
  const done = doneMessages[action]
  if (done !== undefined) rejectOthersThanRoot(request, host)
  const before = file === undefined ? undefined : contentOf(file.path)
  if (file?.content !== undefined) write(file.path, file.content)
  try {
    for (const { command, optional } of steps) {
      const status = host.run(command)
      if (status === 0 || optional) continue
      if (done === undefined && status !== undefined) return 1
      throw failure(command[0], status, request, io)
    }
  } catch (error) {
    if (action === 'install') undo(plan, before, request, manager, host)
    throw error
  } finally {
    if (file !== undefined && file.content === undefined) rmSync(file.path, { force: true })
  }
  for (const { command } of lastSteps) host.run(command)
  if (done === undefined) return 0
  io.err(`${name} ${done}\n`)
  if (note !== undefined) io.err(`${note}\n`)
  return 0
}

function contentOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}

/** After a failed installation: the service as it was before, or none. Nothing here can fail the command once more. */
function undo(
  { file, steps }: Plan,
  before: Buffer | undefined,
  request: ServiceRequest,
  manager: ServiceManager,
  host: ServiceProcess,
): void {
  if (file === undefined) return
  if (before !== undefined) {
    writeFileSync(file.path, before)
    for (const { command } of steps) host.run(command)
    return
  }
  const removal = manager.control('uninstall', request)
  for (const { command } of removal.steps) host.run(command)
  rmSync(file.path, { force: true })
  for (const { command } of removal.lastSteps ?? []) host.run(command)
}

function rejectOthersThanRoot({ atBoot }: ServiceRequest, { uid, self }: ServiceProcess): void {
  if (!atBoot || uid === undefined || uid === 0) return
  throw new HtpasswdError(
    'ERR_FILE_ACCESS',
    `a service of the whole machine needs root; run: sudo ${self.join(' ')} service …, ` +
      'or add --user for a service of your account',
  )
}

function write(path: string, content: string | Buffer): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  } catch (error) {
    throw new HtpasswdError('ERR_FILE_WRITE', `cannot write ${path}: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

function failure(
  program: string,
  status: number | undefined,
  { atBoot }: ServiceRequest,
  { platform }: Io,
): HtpasswdError {
  if (status === undefined) {
    return new HtpasswdError(
      'ERR_APP',
      `expected ${program} on this system, found none; --print shows the steps`,
    )
  }
  const hint = platform === 'win32' && atBoot ? '; run it as administrator, or add --user' : ''
  return new HtpasswdError('ERR_APP', `${program} ended with status ${status}, see its message above${hint}`)
}

function surroundings(env: NodeJS.ProcessEnv): ServiceProcess {
  const alone = process.getBuiltinModule('node:sea')?.isSea()
  return {
    env,
    home: homedir(),
    uid: process.getuid?.(),
    folder: process.cwd(),
    self: alone ? [process.execPath] : [process.execPath, realpathSync(process.argv[1] as string)],
    run: ([program, ...args]) => {
      const { status, error } = spawnSync(program, args, { stdio: 'inherit', windowsHide: true })
      return error === undefined ? (status ?? 1) : undefined
    },
  }
}
