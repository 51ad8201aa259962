// What a service is, and what it takes to install, remove and look at it: a file and commands, shown before or carried out.

/** The guard as a service, whatever system it runs under. */
export interface Service {
  readonly name: string
  /** At boot, for the machine; otherwise at log-on, for the account that installs it. */
  readonly atBoot: boolean
  /** What it guards, in words. */
  readonly describe: string
  /** The whole command line, with full paths. */
  readonly program: readonly string[]
  /** Where it runs. */
  readonly folder: string
  readonly passwordFile: string
  /** Other files that it reads: the program, certificate and key, --config. */
  readonly reads: readonly string[]
  /** Whether it starts an app, which keeps its data in the folder and finds its programs on the PATH. */
  readonly startsApp: boolean
  /** Whether it listens on a port below 1024. */
  readonly lowPort: boolean
}

export interface Step {
  readonly command: readonly [program: string, ...words: string[]]
  /** It may fail: there is nothing to stop yet. */
  readonly optional?: true
}

export interface Plan {
  /** Written before the steps; without content it is taken away behind them. */
  readonly file?: { readonly path: string; readonly content?: string | Buffer }
  readonly steps: readonly Step[]
  /** What to know beyond that. */
  readonly note?: string
}

/** A system's own way to keep programs running. */
export interface ServiceManager {
  install(service: Service): Plan
  uninstall(name: string, atBoot: boolean): Plan
  /** Its steps end with 0 where the service is there. */
  status(name: string, atBoot: boolean): Plan
}

/** The surroundings that a manager looks at. */
export interface ServiceHost {
  readonly env: NodeJS.ProcessEnv
  readonly home: string
  /** Undefined on Windows. */
  readonly uid: number | undefined
}
