// Our commands beside Apache's grammar: one row each; the entry dispatches by it, help, completion and manual list it.
import type { Io } from './io.ts'
import type { Grammar } from './option-table.ts'

/** What a row loads: the command itself and its words. */
export interface CommandModule {
  readonly grammar: Grammar
  /** Runs it on the words behind its name and resolves with the exit status. */
  readonly run: (argv: readonly string[], io: Io) => Promise<number>
}

export interface Command {
  readonly name: string
  /** One line. */
  readonly describe: string
  readonly load: () => Promise<CommandModule>
}

/** A new command is one options/run pair and one row. */
export const commands: readonly Command[] = [
  {
    name: 'serve',
    describe: 'guard a web app such as MLflow with the users of a password file',
    load: async () => {
      const { serveGrammar } = await import('./serve-option-table.ts')
      return { grammar: serveGrammar, run: (await import('./serve.ts')).serve }
    },
  },
  {
    name: 'service',
    describe: 'keep that guard running: systemd unit, launchd job, Windows task',
    load: async () => {
      const { serviceGrammar } = await import('./service-options.ts')
      return { grammar: serviceGrammar, run: (await import('./service.ts')).service }
    },
  },
]
