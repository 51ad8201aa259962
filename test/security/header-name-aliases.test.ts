// Names that only CGI takes for the guard's headers do not reach the app: lighttpd turns every character of a name that
// is no letter or digit into `_` (one character further than CVE-2025-64484 and CVE-2026-39858).
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import {
  findProgram,
  freePort,
  type Program,
  skipReason,
  startProgram,
  untilListening,
} from '../support/outside-program.ts'
import { LOGIN, TestGuard } from '../support/test-guard.ts'

let guard: TestGuard
let app: Program | undefined
afterEach(async () => {
  await guard[Symbol.asyncDispose]()
  await app?.[Symbol.asyncDispose]()
})

const characters = [..."!#$%&'*+.^_`|~"]

test.each(characters)('names with %s are dropped, the guard’s own stays', async character => {
  guard = await TestGuard.start({ userHeader: 'X-Forwarded-User' })
  const names = ['X-Forwarded-User', 'X-Forwarded-For', 'Content-Length', 'Transfer-Encoding', 'Remote-User']
  const aliases = names.map(name => `${name.replaceAll('-', character)}: 6`)
  const got = await guard.forward('GET / HTTP/1.1', ...aliases)
  const values = got?.rawHeaders.filter((_, i) => i % 2 === 1)
  expect(values).not.toContain('6')
  expect(got?.values('x-forwarded-user')).toEqual(['alice'])
})

const lighttpd = findProgram('lighttpd')
describe.skipIf(skipReason({ lighttpd }) ?? process.platform === 'win32')(
  'behind the CGI of lighttpd',
  () => {
    test('the variables hold what the guard says', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'lighttpd-'))
      try {
        const port = await freePort()
        mkdirSync(join(folder, 'doc'))
        const script = join(folder, 'doc/who.cgi')
        writeFileSync(
          script,
          "#!/bin/sh\nprintf 'Content-Type: text/plain\\r\\n\\r\\n'\nenv | grep '^HTTP_X_FORWARDED' | sort\n",
        )
        chmodSync(script, 0o755)
        writeFileSync(
          join(folder, 'lighttpd.conf'),
          `server.document-root = "${folder}/doc"\nserver.port = ${port}\nserver.bind = "127.0.0.1"\nserver.modules = ( "mod_cgi" )\nserver.errorlog = "${folder}/errors"\ncgi.assign = ( ".cgi" => "" )\n`,
        )
        app = startProgram(lighttpd as string, ['-D', '-f', join(folder, 'lighttpd.conf')])
        await untilListening(port, app)
        guard = await TestGuard.start({
          upstream: `http://127.0.0.1:${port}`,
          userHeader: 'X-Forwarded-User',
        })
        const aliases = characters.flatMap(character => [
          `X${character}Forwarded${character}User: root`,
          `X${character}Forwarded${character}For: 6.6.6.6`,
        ])
        const answer = await guard.raw(
          `GET /who.cgi HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\n${aliases.join('\r\n')}\r\nConnection: close\r\n\r\n`,
        )
        expect(answer.slice(answer.indexOf('\r\n\r\n')).match(/HTTP_X_\S+/g)).toEqual([
          'HTTP_X_FORWARDED_FOR=127.0.0.1',
          'HTTP_X_FORWARDED_PROTO=http',
          'HTTP_X_FORWARDED_USER=alice',
        ])
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    })
  },
)
