// Takes away the declarations behind tsc that the public ones do not lead to: nobody can import what they declare.
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

const wanted = new Set()
function visit(file) {
  if (wanted.has(file)) return
  wanted.add(file)
  const imports = readFileSync(file, 'utf8').matchAll(/(?:from |import\()['"](\.[^'"]+)\.ts['"]/g)
  for (const [, path] of imports) visit(normalize(join(dirname(file), `${path}.d.ts`)))
}
visit(join('dist', 'index.d.ts'))

for (const name of readdirSync('dist', { recursive: true })) {
  const file = join('dist', name)
  if (file.endsWith('.d.ts') && !wanted.has(file)) rmSync(file)
}
