// The licences of everything in an executable: Node's and its components', this package's and its dependencies'.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** An optional peer dependency of the package; the executables, beside which nothing can be installed, contain it. */
const REDIS = 'node_modules/@redis/client'

/** @param {string} root the folder of package.json. @param {string} node Node's own licence. */
export function licencesOf(root, node) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const shipped = Object.entries(packages).filter(
    ([path, { dev, devOptional }]) => (!dev && !devOptional) || path === REDIS,
  )
  const texts = shipped.map(([path, { version }]) => {
    const folder = join(root, path)
    const file = readdirSync(folder).find(name => /^licen[cs]e/i.test(name))
    const { name, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    return [`${name} ${version}`, file ? readFileSync(join(folder, file), 'utf8') : license]
  })
  return [['Node.js', node], ...texts]
    .map(([what, text]) => `${what}\n\n${text.trim()}\n`)
    .join(`\n${'-'.repeat(80)}\n\n`)
}
