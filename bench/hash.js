// Checking a password: verifyPassword against the hash package called directly, and against the C library.
import apacheMd5 from 'apache-md5'
import bcryptjs from 'bcryptjs'
import unixCrypt from 'unix-crypt-td-js'
import { hashPassword, verifyPassword } from '../dist/index.js'
import { cryptOfTheSystem } from './c-crypt.js'
import { printEnvironment } from './environment.js'
import { compare, timeOf } from './interleaved.js'

const PASSWORD = 'correct horse battery'

printEnvironment('One verify of a password')
console.log(`${''.padEnd(34)} ${'ours'.padStart(11)} ${'theirs'.padStart(11)} ${'ratio'.padStart(7)}`)

const packages = [
  {
    name: 'apr1, apache-md5',
    options: { format: 'apr1' },
    calls: 5,
    runs: 400,
    direct: hash => apacheMd5(Buffer.from(PASSWORD).toString('latin1'), hash) === hash,
  },
  {
    name: 'bcrypt cost 5, bcryptjs',
    options: { format: 'bcrypt', cost: 5 },
    calls: 5,
    runs: 200,
    direct: hash => bcryptjs.compare(PASSWORD, hash),
  },
  {
    name: 'bcrypt cost 10, bcryptjs',
    options: { format: 'bcrypt', cost: 10 },
    calls: 1,
    runs: 100,
    direct: hash => bcryptjs.compare(PASSWORD, hash),
  },
  {
    name: 'des, unix-crypt-td-js',
    options: { format: 'des' },
    calls: 50,
    runs: 400,
    direct: hash => unixCrypt(Buffer.from(PASSWORD), hash) === hash,
  },
]

for (const { name, options, calls, runs, direct } of packages) {
  const hash = await hashPassword(PASSWORD, options)
  const right = async check => {
    if ((await check()) !== true) throw new Error(`${name}: the right password was refused`)
  }
  await compare(name, {
    ours: () => timeOf(() => right(() => verifyPassword(PASSWORD, hash)), calls),
    theirs: () => timeOf(() => right(() => direct(hash)), calls),
    runs,
    target: 'at most 1.02',
    control: true,
  })
}

const system = cryptOfTheSystem()
if (system === undefined) console.log('SHA-crypt: skipped, neither cc with libcrypt nor perl is here')
for (const format of system === undefined ? [] : ['sha256crypt', 'sha512crypt']) {
  const hash = await hashPassword(PASSWORD, { format })
  await compare(`${format} 5000 rounds, C library`, {
    ours: () => timeOf(() => verifyPassword(PASSWORD, hash), 40),
    theirs: () => system.time(PASSWORD, hash, 40),
    runs: 15,
    target: 'at most 3.5',
  })
}
if (system !== undefined) console.log(`\nThe C library's figure is ${system.name}.`)
