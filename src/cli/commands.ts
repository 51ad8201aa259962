// Our commands beside Apache's grammar: one row each; the entry dispatches by it, help, completion and manual list it.
import type { Command } from './options/table.ts'

/** A new command is one options/run pair and one row. */
export const commands: readonly Command[] = [
  {
    name: 'serve',
    describe: 'guard a web app such as MLflow with the users of a password file',
    load: async () => {
      const { serveGrammar } = await import('./commands/serve/options.ts')
      return { grammar: serveGrammar, run: (await import('./commands/serve/command.ts')).serve }
    },
  },
  {
    name: 'service',
    describe: 'keep that guard running: systemd unit, launchd job, Windows task',
    load: async () => {
      const { serviceGrammar } = await import('./commands/service/options.ts')
      return { grammar: serviceGrammar, run: (await import('./commands/service/run.ts')).service }
    },
  },
  {
    name: 'list',
    describe: 'list users with the format and strength of their hashes',
    load: async () => {
      const { list, listGrammar } = await import('./commands/list.ts')
      return { grammar: listGrammar, run: list }
    },
  },
  {
    name: 'check',
    describe: 'find what is wrong with a password file, or keeps users out at some server',
    load: async () => {
      const { check, checkGrammar } = await import('./commands/check.ts')
      return { grammar: checkGrammar, run: check }
    },
  },
  {
    name: 'fix',
    describe: 'repair what needs no password: byte order mark, UTF-16, CRLF, duplicates, $$',
    load: async () => {
      const { fix, fixGrammar } = await import('./commands/fix.ts')
      return { grammar: fixGrammar, run: fix }
    },
  },
  {
    name: 'import',
    describe: 'put many users into a password file, all or none, from CSV, JSON or lines',
    load: async () => {
      const { importGrammar } = await import('./commands/import/options.ts')
      return { grammar: importGrammar, run: (await import('./commands/import/run.ts')).importCommand }
    },
  },
  {
    name: 'completion',
    describe: 'print what makes the Tab key complete all this in your shell',
    load: async () => {
      const { completionGrammar } = await import('./commands/completion/options.ts')
      const { completion } = await import('./commands/completion/run.ts')
      return { grammar: completionGrammar, run: (argv, io) => completion(argv, io, commands) }
    },
  },
]
