// Writes the manual page from the command's own tables (man(7) macros, which every man reads).
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { classicOptions, synopsis } from '../dist/cli/apache/grammar.js'
import { commands } from '../dist/cli/commands.js'
import { examples, exitStatusMeanings } from '../dist/cli/help.js'
import { environmentName } from '../dist/cli/options/table.js'
import { passwordOptions } from '../dist/cli/password/options.js'
import { ExitStatus } from '../dist/errors.js'
import { besideFile } from '../dist/store/side-files.js'

const read = path => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8').replaceAll('\r\n', '\n')
const { name, version, homepage } = JSON.parse(read('package.json'))

/** What has no counterpart in ASCII would be left out where the locale is C. */
const ascii = text => {
  const converted = text.replaceAll('\u2026', '...').replaceAll('\u2019', "'")
  const [other] = /[^\x00-\x7f]/u.exec(converted) ?? []
  if (other !== undefined) throw new Error(`the manual page has no ASCII for "${other}" in: ${text}`)
  return converted
}

/** Text that roff prints as it is: dashes and quotes that can be copied, no line that looks like a request. */
const plain = text =>
  ascii(text)
    .replace(/\\/g, '\\e')
    .replace(/-/g, '\\-')
    .replace(/'/g, '\\(aq')
    .replace(/`/g, '\\(ga')
    .replace(/\^/g, '\\(ha')
    .replace(/~/g, '\\(ti')
    .replace(/^\./gm, '\\&.')
/** A paragraph, in lines as long as a roff source has them. */
const prose = text => plain(text.replace(/(.{1,70})(?: |$)/g, '$1\n').trimEnd())
const bold = text => `\\fB${plain(text)}\\fR`
const italic = text => `\\fI${plain(text)}\\fR`
const section = (title, ...lines) => [`.SH ${title}`, ...lines]
const item = (tag, text) => ['.TP', tag, prose(text)]
/** A line that stays as it is, broken where it would leave a page of 80 columns. */
const fitting = line =>
  line.length <= TABLE_COLUMNS ? [line] : line.replace(/(.{20,66}) /, '$1\n      ').split('\n')
const TABLE_COLUMNS = 72
const forms = lines => ['.nf', ...lines.flatMap(fitting).map(bold), '.fi']
/** Lines that begin with blanks are a table, which stays as it is; the others are paragraphs. */
const notes = text =>
  text
    .split(/\n(?=\S)|(?<=^\S.*)\n/m)
    .flatMap(part =>
      /^\s/.test(part)
        ? ['.nf', ...part.split('\n').flatMap(fitting).map(plain), '.fi']
        : ['.PP', prose(part)],
    )

const option = ([long, { alias, argument, describe, default: standard }]) => [
  '.TP',
  `${alias ? `${bold(`-${alias}`)}, ` : ''}${bold(`--${long}`)}${argument ? ` ${italic(argument)}` : ''}`,
  prose(standard === undefined ? describe : `${describe}; default ${standard}`),
]

// `service` takes the options of `serve` as well, which has those of Apache's grammar; each one is listed once, by its
// words, for commands share names
const repeated = ['help', 'json', 'in-place']
const listed = new Set(Object.values(passwordOptions).map(({ describe }) => describe))
async function commandSection({ load }) {
  const { spec } = await load()
  const rows = Object.entries(spec.options).filter(([, { describe }]) => !listed.has(describe))
  for (const [option, { describe }] of rows) if (!repeated.includes(option)) listed.add(describe)
  return [
    `.SS htpasswd ${spec.name}`,
    prose(spec.describe),
    '.PP',
    ...forms(spec.synopsis.map(form => `htpasswd ${spec.name} ${form}`.trimEnd())),
    ...rows.flatMap(option),
    ...Object.entries(spec.actions ?? {}).flatMap(([action, row]) => item(bold(action), `${row.describe}.`)),
    ...(spec.epilogue ? notes(spec.epilogue) : []),
    ...(spec.examples ? ['.PP', 'Examples:', '.PP', ...forms(spec.examples)] : []),
  ]
}

const statuses = Object.entries(ExitStatus).map(([key, status]) => [
  String(status),
  exitStatusMeanings[key].replaceAll('`', ''),
])

const signals = [
  [
    `${bold('TERM')}, ${bold('INT')}, ${bold('QUIT')}`,
    'Accept no more connections, finish the requests in flight, stop the app, and end with status 0; a second one ends at once.',
  ],
  [bold('HUP'), 'Read the password file, the certificate and the file of --config again.'],
  [
    bold('USR1'),
    'Open the file of --log-file anew, after it was rotated; without that option it is ignored.',
  ],
  [bold('USR2'), 'Is ignored.'],
]

const files = [
  [bold('.htpasswd'), 'The password file where no other is named.'],
  [
    `${italic('FILE')}${bold('.bak')}, ${italic('FILE')}${bold('.bak2')} ...`,
    'What was in FILE before htpasswd fix, or before -c at a terminal. Nothing deletes these copies.',
  ],
  [
    bold(besideFile('FILE', 'lock')),
    'Held while FILE is changed; one whose holder has ended is taken over. In a folder that cannot be written it is in the temporary ' +
      'folder of the system.',
  ],
]

const environment = [
  [bold(environmentName('file')), 'The password file where the command line names none.'],
  [
    `${bold(environmentName('upstream'))}, ${bold(environmentName('listen'))} ...`,
    'Every option of htpasswd serve: HTPASSWD_ and its name in capitals, with _ for -.',
  ],
  [bold('NO_COLOR'), 'If it is set, the output has no colours.'],
]

const logFormat = [
  prose('htpasswd serve writes a line for each request to standard output:'),
  '.PP',
  bold('TIME ADDRESS USER METHOD PATH STATUS BYTES MILLISECONDS [REASON]'),
  '.PP',
  prose(
    'USER is - without a successful login, because people type passwords in its place. PATH has no query. REASON says why the app was ' +
      'not asked, or how it failed. With --log json a line is a JSON object with these members, and with --log off there is no log.',
  ),
]

/** @param {string} path where the page goes. */
export async function writeManual(path) {
  const today = new Date(Number(process.env.SOURCE_DATE_EPOCH ?? Date.now() / 1000) * 1000)
  const sections = []
  for (const command of commands) sections.push(...(await commandSection(command)))
  const lines = [
    `.TH HTPASSWD 1 ${today.toISOString().slice(0, 10)} "${name} ${version}" "User Commands"`,
    // no hyphens: they would be taken for a part of an option or a name
    '.nh',
    '.ad l',
    ...section('NAME', 'htpasswd \\- manage users for basic authentication, and guard a web app with them'),
    ...section('SYNOPSIS', ...forms(synopsis.filter(form => form !== ''))),
    '.PP',
    ...forms(commands.map(command => `htpasswd ${command.name} ...`)),
    ...section(
      'DESCRIPTION',
      prose(
        "Makes and changes the password files that Apache, nginx and many other servers read, as Apache's command of this name does. " +
          'A first word that is the name of a command below runs that one; a password file of such a name is written with its folder, as in ./serve. ' +
          'Where a command takes [FILE], the file may be omitted: it is then .htpasswd in the current folder, or the one that HTPASSWD_FILE names.',
      ),
    ),
    ...section(
      'OPTIONS',
      ...classicOptions.flatMap(({ letter, describe }) => item(bold(`-${letter}`), describe.join(' '))),
      ...Object.entries(passwordOptions).flatMap(option),
      ...item(`${bold('-h')}, ${bold('--help')}`, 'Show help; also after the name of a command.'),
      ...item(`${bold('-V')}, ${bold('--version')}`, 'Show the version.'),
    ),
    ...section('COMMANDS', ...sections),
    ...section(
      'EXIT STATUS',
      ...statuses.flatMap(([status, meaning]) => item(bold(status), meaning)),
      '.PP',
      prose(
        'Removing with -D a user who is not there is status 0, as in the command of Apache; htpasswd remove ends with 6. ' +
          'htpasswd check ends with 1 for problems and 2 if there is no result. htpasswd list ends with 6 if no user matches. ' +
          'htpasswd serve ends with 0 after a signal that stops it, with 1 if it cannot listen, or if the app that it started ended, ' +
          'and with 2 for a mistake in its arguments. htpasswd service status ends with 1 if the service does not run.',
      ),
    ),
    ...section('SIGNALS', 'Of htpasswd serve:', ...signals.flatMap(([names, text]) => item(names, text))),
    ...section('FILES', ...files.flatMap(([name, text]) => item(name, text))),
    ...section('ENVIRONMENT', ...environment.flatMap(([name, text]) => item(name, text))),
    ...section('LOG FORMAT', ...logFormat),
    ...section('EXAMPLES', ...examples.flatMap(([command, text]) => item(bold(command), text))),
    ...section('SEE ALSO', `${homepage ? `${plain(homepage)},\n` : ''}.BR nginx (8),\n.BR apache2 (8)`),
  ]
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${lines.join('\n')}\n`)
}
