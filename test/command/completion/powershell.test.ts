// The script for PowerShell: parsed by tree-sitter, and run where there is a PowerShell.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { stubs } from '../../../src/cli/commands/completion/stubs.ts'
import { findProgram, skipReason } from '../../support/outside-program.ts'
import { run, withFolder } from '../../support/run.ts'

const python = [fileURLToPath(new URL('../../../.cache/powershell/bin/python', import.meta.url))].find(
  existsSync,
)
const missing = skipReason({ 'tree-sitter-powershell in .cache/powershell': python })

/** The first piece of the script that is not PowerShell, or `none`. */
function faultOf(script: string): string {
  const code = `import sys, tree_sitter, tree_sitter_powershell
tree = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language())).parse(sys.stdin.buffer.read())
def faults(node):
    if node.type == 'ERROR' or node.is_missing: yield "%s: %r" % (node.start_point, node.text)
    for child in node.children: yield from faults(child)
print(next(faults(tree.root_node), 'none'))`
  const { stdout, stderr } = spawnSync(python as string, ['-c', code], { input: script, encoding: 'utf8' })
  expect(stderr).toBe('')
  return stdout.trim()
}

test.skipIf(missing)('the script is PowerShell, says tree-sitter', () => {
  expect(faultOf(stubs.powershell)).toBe('none')
  expect(faultOf(stubs.powershell.replace('} finally {', 'finally {'))).not.toBe('none')
})

const powershell = findProgram('pwsh', 'powershell')
const bin = fileURLToPath(new URL('../../../bin/htpasswd.js', import.meta.url))

test.skipIf(powershell === undefined)('PowerShell completes options and users', () =>
  withFolder({ users: "alice:x\nit's:y\n" }, async cwd => {
    const complete = (line: string): string =>
      `(TabExpansion2 '${line.replaceAll("'", "''")}' ${line.length}).CompletionMatches | % CompletionText`
    const script = [
      `function htpasswd { & '${process.execPath}' '${bin}' @args }`,
      stubs.powershell,
      complete('htpasswd serve --upstr'),
      complete('htpasswd -D users al'),
      complete('htpasswd -D users it'),
    ].join('\n')
    const { stdout } = await run(powershell as string, ['-NoProfile', '-Command', script], { cwd })
    expect(stdout.trim().split(/\r?\n/)).toEqual(['--upstream', 'alice', "'it''s'"])
  }),
)
