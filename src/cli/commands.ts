// Our own commands, a row each: the entry point dispatches by this table; help, completion and manual page list it.
import type { Command } from './options/table.ts'

/** A new command is a file or folder under commands/ and a row here. */
export const commands: readonly Command[] = [
  {
    name: 'serve',
    winsOverFile: true,
    describe: 'guard a web app such as MLflow with the users of a password file',
    load: async () => {
      const { serveSpec } = await import('./commands/serve/options.ts')
      return { spec: serveSpec, run: (await import('./commands/serve/command.ts')).serve }
    },
  },
  {
    name: 'add',
    describe: 'add a user; creates the password file if it is missing',
    load: async () => {
      const { add, addSpec } = await import('./commands/add.ts')
      return { spec: addSpec, run: add }
    },
  },
  {
    name: 'passwd',
    describe: 'change the password of a user',
    load: async () => {
      const { passwd, passwdSpec } = await import('./commands/passwd.ts')
      return { spec: passwdSpec, run: passwd }
    },
  },
  {
    name: 'remove',
    aliases: ['rm'],
    describe: 'remove users from a password file',
    load: async () => {
      const { remove, removeSpec } = await import('./commands/remove.ts')
      return { spec: removeSpec, run: remove }
    },
  },
  {
    name: 'list',
    aliases: ['users'],
    winsOverFile: true,
    describe: 'list users with the format and strength of their hashes',
    load: async () => {
      const { list, listSpec } = await import('./commands/list.ts')
      return { spec: listSpec, run: list }
    },
  },
  {
    name: 'import',
    winsOverFile: true,
    describe: 'put many users into a password file, all or none, from CSV, JSON or lines',
    load: async () => {
      const { importSpec } = await import('./commands/import/options.ts')
      return { spec: importSpec, run: (await import('./commands/import/run.ts')).importCommand }
    },
  },
  {
    name: 'check',
    winsOverFile: true,
    describe: 'find what is wrong with a password file, or keeps users out at some server',
    load: async () => {
      const { check, checkSpec } = await import('./commands/check.ts')
      return { spec: checkSpec, run: check }
    },
  },
  {
    name: 'fix',
    winsOverFile: true,
    describe: 'repair what needs no password: byte order mark, UTF-16, CRLF, duplicates, $$',
    load: async () => {
      const { fix, fixSpec } = await import('./commands/fix.ts')
      return { spec: fixSpec, run: fix }
    },
  },
  {
    name: 'group',
    describe: 'put users into groups, take them out of them, and list them',
    load: async () => {
      const { group, groupSpec } = await import('./commands/group.ts')
      return { spec: groupSpec, run: group }
    },
  },
  {
    name: 'rules',
    describe: 'tell which rule allows or refuses a request, and why',
    load: async () => {
      const { rules, rulesSpec } = await import('./commands/rules.ts')
      return { spec: rulesSpec, run: rules }
    },
  },
  {
    name: 'token',
    describe: 'make tokens for programs, list them and revoke them',
    load: async () => {
      const { tokenSpec } = await import('./commands/token/options.ts')
      return { spec: tokenSpec, run: (await import('./commands/token/run.ts')).token }
    },
  },
  {
    name: 'sessions',
    describe: 'end all sessions of a user of the sign-in page',
    load: async () => {
      const { sessions, sessionsSpec } = await import('./commands/sessions.ts')
      return { spec: sessionsSpec, run: sessions }
    },
  },
  {
    name: 'openid',
    describe: 'check an OpenID Connect provider, and print the addresses to register there',
    load: async () => {
      const { openidSpec } = await import('./commands/openid/options.ts')
      return { spec: openidSpec, run: (await import('./commands/openid/run.ts')).openid }
    },
  },
  {
    name: 'trust',
    describe: 'make the browsers of this computer trust the certificate of serve --https',
    load: async () => {
      const { trust, trustSpec } = await import('./commands/trust/run.ts')
      return { spec: trustSpec, run: (argv, io) => trust(argv, io) }
    },
  },
  {
    name: 'service',
    winsOverFile: true,
    describe: 'keep that guard running: systemd unit, launchd job, Windows task',
    load: async () => {
      const { serviceSpec } = await import('./commands/service/options.ts')
      return { spec: serviceSpec, run: (await import('./commands/service/run.ts')).service }
    },
  },
  {
    name: 'export',
    describe: 'print the users for Kubernetes, Traefik, Caddy or a compose file',
    load: async () => {
      const { exportCommand, exportSpec } = await import('./commands/export/run.ts')
      return { spec: exportSpec, run: exportCommand }
    },
  },
  {
    name: 'completion',
    winsOverFile: true,
    describe: 'print a script that completes commands, options, files and users in your shell',
    load: async () => {
      const { completion, completionSpec } = await import('./commands/completion/run.ts')
      return { spec: completionSpec, run: (argv, io) => completion(argv, io, commands) }
    },
  },
  {
    name: 'help',
    describe: 'show the help of the program, or of one command',
    load: async () => {
      const { help, helpSpec } = await import('./commands/help.ts')
      return { spec: helpSpec(commands), run: (argv, io) => help(argv, io, commands) }
    },
  },
  {
    name: 'version',
    describe: 'print the name and version of this program',
    load: async () => {
      const { version, versionSpec } = await import('./commands/help.ts')
      return { spec: versionSpec, run: version }
    },
  },
]
