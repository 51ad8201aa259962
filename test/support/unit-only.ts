// Keeps the unit tests quick: whatever would start a program or open a socket fails and names the place for such tests.
import childProcess from 'node:child_process'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'

const refuse = (what: string) => (): never => {
  throw new Error(
    `a unit test ${what}; such tests belong into test/command, test/guard, test/processes or test/interop`,
  )
}

for (const name of ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork'] as const)
  childProcess[name] = refuse(`starts a program (${name})`) as never
net.Server.prototype.listen = refuse('listens on a port')
net.Socket.prototype.connect = refuse('opens a connection')
syncBuiltinESMExports()
