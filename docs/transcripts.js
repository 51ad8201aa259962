// Sessions at a shell that the README shows, run for it: each in a folder of its own, from nothing.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

// as Apache's command makes them, the last one long ago
const users = [
  'htpasswd -cbB -C 12 users alice wonderland 2>/dev/null',
  'htpasswd -b users bob builder 2>/dev/null',
  'htpasswd -bd users carol secret 2>/dev/null',
]
// what Notepad leaves behind: a byte order mark, CRLF, and the user who was pasted once more
const edited = [
  ...users,
  `{ printf '\\357\\273\\277'; cat users; grep bob users; } | sed 's/$/\\r/' > edited && mv edited users`,
]

const sessions = {
  passwords: [
    "printf 'builder\\n' > secret",
    'htpasswd -cB --password-file secret users bob',
    'BOB=builder htpasswd -v --password-env BOB users bob',
    'htpasswd -B --generate-to made users carol',
    'htpasswd -v --password-file made users carol',
    'htpasswd -B --generate words users dave | tr -cd - | wc -c',
  ],
  list: [...users, 'htpasswd list users', 'htpasswd list users --weak --json'],
  check: [...edited, 'htpasswd check users --for nginx-windows'],
  fix: [...edited, 'htpasswd fix users --yes', 'htpasswd list users'],
  import: [
    `printf 'user;password\\nalice;wonderland\\nbob;"build;er"\\n' > new.csv`,
    'htpasswd import users new.csv',
    `printf 'bob:builder\\ncarol:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\\n' > more`,
    'htpasswd import users more',
    'htpasswd import users more --on-conflict skip --json',
    'htpasswd list users',
  ],
}

/** A session by its name, as a block of Markdown. */
function transcript(commands) {
  const folder = mkdtempSync(join(tmpdir(), 'transcript-'))
  try {
    const bin = join(import.meta.dirname, '..', 'bin', 'htpasswd.js')
    writeFileSync(join(folder, 'htpasswd'), `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`)
    chmodSync(join(folder, 'htpasswd'), 0o755)
    const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` }
    const lines = commands.map(command => {
      const { stdout, stderr } = spawnSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8', env })
      return `$ ${command}\n${stdout}${stderr}`
    })
    return `\`\`\`console\n${lines.join('')}\`\`\``
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** All of them, under the names of their blocks; Windows has no such shell, so there they stay as they are. */
export const transcripts = () =>
  process.platform === 'win32'
    ? {}
    : Object.fromEntries(
        Object.entries(sessions).map(([name, commands]) => [`${name} transcript`, transcript(commands)]),
      )
