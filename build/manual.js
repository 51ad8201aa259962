// Writes the manual page from the command's own tables (man(7) macros, which every man reads).
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { classicOptions, synopsis } from '../dist/cli/apache/grammar.js'
import { commands } from '../dist/cli/commands.js'
import { examples, exitStatusMeanings } from '../dist/cli/help.js'
import { environmentName } from '../dist/cli/options/table.js'
import { passwordOptions } from '../dist/cli/password/options.js'
import { ExitStatus } from '../dist/errors.js'

const read = path => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8').replaceAll('\r\n', '\n')
const { name, version, homepage } = JSON.parse(read('package.json'))

/** Text that roff prints as it is: dashes and quotes that can be copied, no line that looks like a request. */
const plain = text =>
  text
    .replace(/\\/g, '\\e')
    .replace(/-/g, '\\-')
    .replace(/'/g, '\\(aq')
    .replace(/`/g, '\\(ga')
    .replace(/\^/g, '\\(ha')
    .replace(/~/g, '\\(ti')
    .replace(/[^\x00-\x7f]/gu, c => `\\[u${c.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}]`)
    .replace(/^\./gm, '\\&.')
/** A paragraph, in lines as long as a roff source has them. */
const prose = text => plain(text.replace(/(.{1,70})(?: |$)/g, '$1\n').trimEnd())
const bold = text => `\\fB${plain(text)}\\fR`
const italic = text => `\\fI${plain(text)}\\fR`
const section = (title, ...lines) => [`.SH ${title}`, ...lines]
const item = (tag, text) => ['.TP', tag, prose(text)]
const verbatim = lines => ['.nf', ...lines.map(line => bold(line)), '.fi']

const option = ([long, { alias, argument, describe, default: standard }]) => [
  '.TP',
  `${alias ? `${bold(`-${alias}`)}, ` : ''}${bold(`--${long}`)}${argument ? ` ${italic(argument)}` : ''}`,
  prose(standard === undefined ? describe : `${describe}; default ${standard}`),
]

// `service` takes the options of `serve` as well, which has those of Apache's grammar; each one is listed once, by its
// words, for commands share names
const listed = new Set(Object.values(passwordOptions).map(({ describe }) => describe))
async function commandSection({ load }) {
  const { spec } = await load()
  const rows = Object.entries(spec.options).filter(([, { describe }]) => !listed.has(describe))
  for (const [name, { describe }] of rows) if (name !== 'help') listed.add(describe)
  return [
    `.SS htpasswd ${spec.name}`,
    prose(spec.describe),
    '.PP',
    ...verbatim(spec.synopsis.map(form => `htpasswd ${spec.name} ${form}`)),
    ...rows.flatMap(option),
    ...(spec.epilogue ? ['.PP', '.nf', plain(spec.epilogue), '.fi'] : []),
  ]
}

const statuses = Object.entries(ExitStatus).map(([key, status]) => [
  String(status),
  exitStatusMeanings[key].replaceAll('`', ''),
])

/** @param {string} path where the page goes. */
export async function writeManual(path) {
  const today = new Date(Number(process.env.SOURCE_DATE_EPOCH ?? Date.now() / 1000) * 1000)
  const sections = []
  for (const command of commands) sections.push(...(await commandSection(command)))
  const lines = [
    `.TH HTPASSWD 1 ${today.toISOString().slice(0, 10)} "${name} ${version}" "User Commands"`,
    ...section('NAME', 'htpasswd \\- manage users for basic authentication, and guard a web app with them'),
    ...section('SYNOPSIS', ...verbatim(synopsis.filter(form => form !== ''))),
    '.PP',
    ...verbatim(commands.map(command => `htpasswd ${command.name} ...`)),
    ...section(
      'DESCRIPTION',
      prose(
        "Makes and changes the password files that Apache, nginx and many other servers read, as Apache's command of this name does. " +
          'A first word that is the name of a command below runs that one; a password file of such a name is written with its folder, as in ./serve.',
      ),
    ),
    ...section(
      'OPTIONS',
      ...classicOptions.flatMap(({ letter, describe }) => item(bold(`-${letter}`), describe.join(' '))),
      ...Object.entries(passwordOptions).flatMap(option),
      ...item(bold('--help'), 'Show help; also after the name of a command.'),
      ...item(bold('--version'), 'Show the version.'),
    ),
    ...section('COMMANDS', ...sections),
    ...section('EXIT STATUS', ...statuses.flatMap(([status, meaning]) => item(bold(status), meaning))),
    ...section(
      'ENVIRONMENT',
      ...item(
        `${bold(environmentName('upstream'))}, ${bold(environmentName('listen'))} ...`,
        'Every option of htpasswd serve: HTPASSWD_ and its name in capitals, with _ for -.',
      ),
      ...item(bold(environmentName('file')), 'The password file of htpasswd serve.'),
    ),
    ...section('EXAMPLES', ...examples.flatMap(([command, text]) => item(bold(command), text))),
    ...section('SEE ALSO', `${homepage ? `${plain(homepage)},\n` : ''}.BR nginx (8),\n.BR apache2 (8)`),
  ]
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${lines.join('\n')}\n`)
}
