// A service, and how it is installed, removed and queried: a file and commands, shown or carried out.

/** The guard as a service, independent of the system. */
export interface Service {
  readonly name: string
  /** Started at boot for the machine; otherwise at login, for the account that installs it. */
  readonly atBoot: boolean
  /** A description of what it guards. */
  readonly describe: string
  /** The whole command line, with full paths. */
  readonly program: readonly string[]
  /** The working folder. */
  readonly folder: string
  readonly passwordFile: string
  /** Other files that it reads: the program, certificate and key, --config. */
  readonly reads: readonly string[]
  /** Whether it starts an app, which needs the folder for its data and the PATH for its programs. */
  readonly startsApp: boolean
  /** Whether it listens on a port below 1024. */
  readonly lowPort: boolean
}

export interface Step {
  readonly command: readonly [program: string, ...args: string[]]
  /** It may fail, for example because there is nothing to stop yet. */
  readonly optional?: true
}

export interface Plan {
  /** Written before the steps; without content, deleted after them, whether or not they succeed. */
  readonly file?: { readonly path: string; readonly content?: string | Buffer }
  readonly steps: readonly Step[]
  /** Once the file has been deleted. */
  readonly lastSteps?: readonly Step[]
  /** Something else to know, for people. */
  readonly note?: string
}

/** A system's service manager. */
export interface ServiceManager {
  install(service: Service): Plan
  /** What is done with an installed service. @throws HtpasswdError `ERR_USAGE` for what the system cannot do. */
  control(control: Control, service: InstalledService): Plan
}

export type Control = 'uninstall' | 'start' | 'stop' | 'restart' | 'status' | 'logs'

interface InstalledService {
  readonly name: string
  readonly atBoot: boolean
  /** For `logs`: whether further lines are printed as they come. */
  readonly follow: boolean
}

/** The lines of the log that `logs` begins with. */
export const LOG_LINES = '100'

/** What a manager needs to know of the machine. */
export interface ServiceHost {
  readonly env: NodeJS.ProcessEnv
  readonly home: string
  /** Undefined on Windows. */
  readonly uid: number | undefined
}
