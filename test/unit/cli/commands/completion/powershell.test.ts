// The script for PowerShell, which Debian does not have: read by another parser of its grammar, and looked through.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { modelOf } from '../../../../../src/cli/commands/completion/model.ts'
import { powershellScript } from '../../../../../src/cli/commands/completion/powershell.ts'
import { commands } from '../../../../../src/cli/commands.ts'
import { skipReason } from '../../../../support/outside-program.ts'

const python = [fileURLToPath(new URL('../../../../../.cache/powershell/bin/python', import.meta.url))].find(
  existsSync,
)
const missing = skipReason({ 'tree-sitter-powershell in .cache/powershell': python })

/** The first piece of the script that is no PowerShell, or none. */
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

test.skipIf(missing)('it is PowerShell, by tree-sitter', async () => {
  const script = powershellScript(await modelOf(commands))
  expect(faultOf(script)).toBe('none')
  expect(faultOf(script.replace('$at++ }', '$at++ '))).not.toBe('none')
})

test('it knows every command, word and option', async () => {
  const model = await modelOf(commands)
  const script = powershellScript(model)
  for (const { letter } of model.classic) expect(script).toContain(`@('-${letter}', '`)
  for (const { name } of model.long) expect(script).toContain(`@('--${name}', '`)
  for (const { name, words, options } of model.commands) {
    expect(script).toContain(`@('${name}', '`)
    for (const word of words) expect(script).toContain(`'${word}'`)
    for (const option of options) expect(script).toContain(`@('${name}', '--${option.name}', '`)
  }
})

test('quotes in descriptions are doubled', async () => {
  const script = powershellScript(await modelOf(commands))
  expect(script).toContain("pass the client''s Host header to the app instead of the upstream''s")
})
