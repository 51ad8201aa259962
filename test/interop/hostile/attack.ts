// Sends cases to the built guard in front of one back end, and collects what broke a law.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hashPassword } from '../../../src/hash/hash-password.ts'
import { eventually, freePort, startProgram, untilListening } from '../../support/outside-program.ts'
import { ask, basic, raw } from '../../support/raw-client.ts'
import type { BackEnd } from './back-ends.ts'
import { type Case, needsLogin, PASSWORD, USER, withLogin, withoutLogin } from './case.ts'
import { differencesBetween, faultsOf, readLog } from './laws.ts'

const CONNECTIONS = 16
/** A complete request has its response, or the end of its connection, within this time. */
const LIMIT_MS = 10_000
/** How long to wait on an incomplete request, or for the second response where the first should have been the last. */
const SILENCE_MS = 100

interface Attack {
  readonly bytes: string
  readonly title: string
  readonly case: Case
}

export interface Outcome {
  readonly sent: number
  readonly forwarded: number
  readonly faults: readonly string[]
}

/** Each case with the login and without; one that has no place for a login once. */
function* attacksOf(cases: Iterable<Case>): Generator<Attack> {
  for (const one of cases) {
    const title = `${one.group}: ${one.name}`
    yield { bytes: withLogin(one), title, case: one }
    if (needsLogin(one)) yield { bytes: withoutLogin(one), title: `${title}, without login`, case: one }
  }
}

const finalResponses = (got: string): number => got.match(/^HTTP\/1\.1 [2-5]\d\d /gm)?.length ?? 0

async function send(port: number, { bytes, case: { responses, incomplete } }: Attack): Promise<boolean> {
  const start = performance.now()
  const limit = incomplete ? SILENCE_MS : LIMIT_MS
  const got = await raw(port, Buffer.from(bytes, 'latin1'), text => finalResponses(text) >= responses, limit)
  return incomplete || got !== '' || performance.now() - start < limit
}

const bin = join(import.meta.dirname, '../../../bin/htpasswd.js')

export async function attack(backEnd: BackEnd, cases: Iterable<Case>, folder: string): Promise<Outcome> {
  const own = join(folder, backEnd.name.replaceAll(' ', '-'))
  mkdirSync(own)
  writeFileSync(join(own, 'users'), `${USER}:${await hashPassword(PASSWORD, { cost: 5 })}\n`)
  const [appPort, port] = [await freePort(), await freePort()]
  await using app = await backEnd.start(appPort, own)
  await using guard = startProgram(process.execPath, [
    ...[bin, 'serve', join(own, 'users'), '--upstream', `http://127.0.0.1:${appPort}`],
    ...['--listen', `127.0.0.1:${port}`, '--log', 'json', '--user-header', 'X-Forwarded-User'],
    ...['--allow-path', '/open', '--max-failures', '1000000'],
  ])
  await untilListening(port, guard)

  const faults: string[] = []
  let followUps = 0
  /** A client of its own, right after: it gets the response to its own request. */
  const followUp = async (title: string): Promise<void> => {
    const path = `/follow-up/${followUps++}`
    const answer = await ask({ port, path, headers: [basic(USER, PASSWORD)] }).catch((error: Error) => error)
    const text = 'text' in answer ? `${answer.status} ${answer.text}` : answer.message
    if (text !== `200 GET ${path}\n`) faults.push(`${title}: the next client got ${JSON.stringify(text)}`)
  }
  let sent = 0
  const next = attacksOf(cases)
  const work = async (): Promise<void> => {
    for (const one of next) {
      sent++
      if (!(await send(port, one))) faults.push(`${one.title}: neither response nor end`)
      if (one.bytes.includes('Authorization')) await followUp(one.title)
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, work))

  // whatever a server still holds of a connection it reads before, or at, the end of that connection
  guard.process.kill('SIGTERM')
  const status = await guard.ended
  if (status !== 0) faults.push(`the guard ended with ${status}: ${guard.output().slice(-2000)}`)
  await ask({ port: appPort, path: '/last' })
  const seen = await eventually('the last request', () => {
    const requests = backEnd.read(app.output())
    return requests.at(-1)?.target === '/last' ? requests.slice(0, -1) : undefined
  })
  const log = readLog(guard.output())
  for (const request of seen) {
    for (const fault of faultsOf(request)) {
      faults.push(`${request.method} ${request.target.slice(0, 200)} reached the app: ${fault}`)
    }
  }
  faults.push(...differencesBetween(seen, log))
  return { sent, forwarded: seen.length - followUps, faults }
}
