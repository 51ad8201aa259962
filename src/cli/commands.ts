// Our commands beside Apache's grammar: one row each; the entry dispatches by it, help, completion and manual list it.
import type { Command } from './option-table.ts'

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
  {
    name: 'completion',
    describe: 'print what makes the Tab key complete all this in your shell',
    load: async () => {
      const { completionGrammar } = await import('./completion-options.ts')
      const { completion } = await import('./completion.ts')
      return { grammar: completionGrammar, run: (argv, io) => completion(argv, io, commands) }
    },
  },
]
