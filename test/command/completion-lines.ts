// Lines typed with Tabs at a real shell, and the words that the shell has to make of them: the same in every shell.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { type Shell, stubs } from '../../src/cli/commands/completion/stubs.ts'
import { findProgram, skipReason } from '../support/outside-program.ts'

/** Tabs are shown as ⇥. */
const lines: [typed: string, words: string[]][] = [
  ['comp⇥', ['completion']],
  ['serve --upstr⇥', ['serve', '--upstream']],
  ['serve us⇥', ['serve', 'users']],
  ['serve users --log j⇥', ['serve', 'users', '--log', 'json']],
  ['serve --log=j⇥', ['serve', '--log=json']],
  ['serve --tls-cert us⇥', ['serve', '--tls-cert', 'users']],
  ['serve --realm us⇥', ['serve', '--realm', 'us']],
  ['service unin⇥', ['service', 'uninstall']],
  ['service install us⇥ --pri⇥', ['service', 'install', 'users', '--print']],
  ['completion fi⇥', ['completion', 'fish']],
  ['--vers⇥', ['--version']],
  ['us⇥', ['users']],
  ['-B us⇥ al⇥', ['-B', 'users', 'alice']],
  ['-D users al⇥', ['-D', 'users', 'alice']],
  ['-v users jö⇥', ['-v', 'users', 'jörg müller']],
  ['users bo⇥', ['users', 'bob@example.com']],
  ['users bob@e⇥', ['users', 'bob@example.com']],
  ['-BC 12 users al⇥', ['-BC', '12', 'users', 'alice']],
  ['-D bom ma⇥', ['-D', 'bom', 'mark']],
  ['-v "my dir/us ers" al⇥', ['-v', 'my dir/us ers', 'alice']],
  ['-v my⇥us⇥ bob⇥', ['-v', 'my dir/us ers', 'bob@example.com']],
  ['-v users it⇥', ['-v', 'users', "it's"]],
  ['--password-fi⇥', ['--password-file']],
  ['--password-file us⇥ us⇥ al⇥', ['--password-file', 'users', 'users', 'alice']],
  ['--password-file=us⇥ us⇥ bo⇥', ['--password-file=users', 'users', 'bob@example.com']],
  ['--password-env us⇥ us⇥ al⇥', ['--password-env', 'us', 'users', 'alice']],
  ['-B --generate us⇥ al⇥', ['-B', '--generate', 'users', 'alice']],
  ['--generate 24 us⇥ al⇥', ['--generate', '24', 'users', 'alice']],
  ['--generate=words us⇥ al⇥', ['--generate=words', 'users', 'alice']],
  ['--password-fd 3 -B us⇥ al⇥', ['--password-fd', '3', '-B', 'users', 'alice']],
  ['serve --init --password-file us⇥', ['serve', '--init', '--password-file', 'users']],
  // a new user, no file, a user without a hash, a comment, the password
  ['-c users al⇥', ['-c', 'users', 'al']],
  ['-nb us⇥', ['-nb', 'us']],
  ['-D users no⇥', ['-D', 'users', 'no']],
  ['-D users \\#⇥', ['-D', 'users', '#']],
  ['-b users alice us⇥', ['-b', 'users', 'alice', 'us']],
  ['sessions end users al⇥', ['sessions', 'end', 'users', 'alice']],
  ['token list --us⇥', ['token', 'list', '--user']],
  ['help grou⇥', ['help', 'group']],
  // the last one, so that its list is at the end of what the shell has printed
  ['group ⇥', ['group']],
]

const users = "alice:x\nbob@example.com:y\n# no:x\njörg müller:z\nnohash:\nit's:q\n"

/**
 * Plays them all at one start of the shell.
 *
 * @param setup loads the script $1.
 * @param shown what a shell that shows descriptions prints for the last line.
 */
export function testCompletion(shell: Shell, argv: string[], setup: string, shown = ''): void {
  const program = findProgram(shell)
  const python = findProgram('python3')
  const missing =
    process.platform === 'win32' ? 'needs POSIX' : skipReason({ [shell]: program, python3: python })
  test.skipIf(missing)(`in a real ${shell}: ${setup}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'completion-'))
    try {
      const [cwd, bin, file] = [join(folder, 'cwd'), join(folder, 'bin'), join(folder, 'script')]
      for (const path of [cwd, bin, join(cwd, 'my dir')]) mkdirSync(path)
      writeFileSync(join(cwd, 'users'), users)
      writeFileSync(join(cwd, 'my dir', 'us ers'), users)
      writeFileSync(join(cwd, 'bom'), '\ufeffmark:x\r\n')
      writeFileSync(file, stubs[shell])
      const job = {
        argv: [program, ...argv],
        setup: setup.replace('$1', file),
        lines: lines.map(([typed]) => `htpasswd ${typed.replaceAll('⇥', '\t')}`),
        cwd,
        bin,
        command: [process.execPath, fileURLToPath(new URL('../../bin/htpasswd.js', import.meta.url))],
      }
      const driver = fileURLToPath(new URL('press_tab.py', import.meta.url))
      const run = spawnSync(python as string, [driver, JSON.stringify(job)], { encoding: 'utf8' })
      expect(run.stderr).toBe('')
      const { results, seen } = JSON.parse(run.stdout)
      expect(results.length, seen).toBe(lines.length)
      expect(Object.fromEntries(lines.map(([typed], i) => [typed, results[i]]))).toEqual(
        Object.fromEntries(lines),
      )
      expect(seen).toContain(shown)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
}
