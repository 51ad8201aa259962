// The generated tables of the pages, made from the tables that the command itself works by.
import { servers } from '../../dist/check/servers.js'
import { synopsis } from '../../dist/cli/apache/grammar.js'
import { commands } from '../../dist/cli/commands.js'
import { exitStatusMeanings } from '../../dist/cli/help.js'
import { helpOption } from '../../dist/cli/options/table.js'
import { passwordOptions } from '../../dist/cli/password/options.js'
import { ExitStatus } from '../../dist/errors.js'
import { table } from './markdown.js'

const fence = lines => ['```text', ...lines, '```'].join('\n')

const optionRow = ([name, { alias, argument, describe, default: standard }]) => [
  `${alias ? `\`-${alias}\`, ` : ''}\`--${name}${argument ? ` ${argument}` : ''}\``,
  standard === undefined ? describe : `${describe}; default \`${standard}\``,
]
const optionTable = rows => table(['option', 'what it does'], rows.map(optionRow))

/** Options of many commands, each of which lists them. */
const repeated = ['json', 'in-place']

/** The forms and options of each of our commands, by its name. `service` has those of `serve`, which are listed once. */
async function commandBlocks() {
  const listed = new Set([helpOption, ...Object.values(passwordOptions)].map(({ describe }) => describe))
  const blocks = {}
  for (const { load } of commands) {
    const { name, synopsis: forms, options } = (await load()).spec
    const rows = Object.entries(options).filter(([, { describe }]) => !listed.has(describe))
    for (const [option, { describe }] of rows) if (!repeated.includes(option)) listed.add(describe)
    const lines = fence(forms.map(form => `htpasswd ${name} ${form}`.trimEnd()))
    blocks[name] = rows.length === 0 ? lines : `${lines}\n\n${optionTable(rows)}`
  }
  return blocks
}

/** The formats that each server checks: the flag of the command, and the format that it makes. */
const flags = {
  '`-m` apr1': 'apr1',
  '`-B` bcrypt': 'bcrypt',
  '`-2` `-5` SHA-crypt': 'sha512crypt',
  '`-s` SHA-1': 'sha1',
}
const serverCell = ({ takes, others }, format) =>
  takes[format] === true ? 'yes' : takes[format] ? 'as libcrypt' : others === 'compared' ? '**no**' : 'no'
const serverTable = () =>
  table(
    ['server', '`--for`', ...Object.keys(flags), 'how it gets the file'],
    Object.entries(servers).map(([name, row]) => [
      row.title,
      `\`${name}\``,
      ...Object.values(flags).map(format => serverCell(row, format)),
      row.reads,
    ]),
  )

/** Every generated block, by its name. */
export const tables = async () => ({
  usage: fence(synopsis),
  commands: table(
    ['command', 'what it does'],
    [
      ['`htpasswd FILE USER`', "add a user or change a password, with the flags of Apache's command"],
      ...commands.map(({ name, describe }) => [`\`htpasswd ${name}\``, describe]),
    ],
  ),
  passwords: optionTable(Object.entries(passwordOptions)),
  'exit statuses': table(
    ['status', 'meaning'],
    Object.entries(ExitStatus).map(([name, status]) => [String(status), exitStatusMeanings[name]]),
  ),
  servers: serverTable(),
  ...(await commandBlocks()),
})
