// A certified provider, the guard and MLflow together, in Chromium and in Firefox, and a job whose access token expires.
// Provider and guard are different sites to the browsers, as in real life: 127.0.0.1 and a name of the LAN.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import puppeteer, { type Browser, type BrowserContext, type LaunchOptions, type Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  AUDIENCE,
  CLIENT_SECRET,
  JOB_ID,
  startProvider,
  type TestProvider,
} from '../support/identity-provider.ts'
import { findProgram, freePort, skipReason } from '../support/outside-program.ts'
import { startZitadel, ZITADEL_PASSWORD, type Zitadel, zitadelServer } from '../support/zitadel.ts'
import {
  chromium,
  type Guarded,
  python,
  runPython,
  startBeforeAt,
  startGuardedMlflow,
} from './mlflow-programs.ts'

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

const firefox = findProgram('firefox-esr', 'firefox')
const missing = skipReason({
  'MLflow in .cache/mlflow': python,
  Chromium: chromium,
  Firefox: firefox,
  'ZITADEL’s server in .cache/zitadel': zitadelServer,
})
const HOST = 'lab.example'
const CALLBACK = '/.htpasswd/oidc/callback'
const FRAGMENT = '#/experiments/1'

/** What differs between the providers for a person. */
interface Site {
  readonly origin: string
  readonly issuer: string
  signIn(page: Page, name: string): Promise<void>
  /** Says no at the provider, whose page is open. `refused` is the address that a provider without such a button would lead to. */
  refuse(page: Page, refused: string): Promise<unknown>
}

/**
 * Opens an address, until its document is there. By script, because Firefox does not always tell Puppeteer of the end of a
 * navigation: not of a page that is left again, nor after a page that came from its memory.
 */
async function open(page: Page, address: string): Promise<void> {
  await page.evaluate(`globalThis.isLeft = true; location.href = ${JSON.stringify(address)}`)
  await page.waitForFunction('globalThis.isLeft === undefined && document.readyState !== "loading"')
}

/** Clicks by script: Puppeteer waits for frames, which a tab in the background does not draw. */
async function click(page: Page, name: string): Promise<void> {
  const found = await page.waitForSelector(`::-p-xpath(//*[self::a or self::button][contains(., "${name}")])`)
  await found?.evaluate(element => (element as unknown as { click(): void }).click())
}
const fill = async (page: Page, selector: string, text: string): Promise<void> => {
  const field = await page.waitForSelector(selector)
  await field?.evaluate((element, value) => {
    ;(element as unknown as { value: string }).value = value
  }, text)
}
const heading = (page: Page, text: string) => page.waitForSelector(`::-p-xpath(//h1[.="${text}"])`)
const untilAt = (page: Page, address: string) =>
  page.waitForFunction(`location.host === ${JSON.stringify(new URL(address).host)}`)
/** MLflow has drawn something. */
const untilMlflow = (page: Page) => page.waitForSelector('#root *')

describe.skipIf(missing)('MLflow behind a provider', () => {
  const folder = mkdtempSync(join(tmpdir(), 'provider-before-mlflow-'))
  const sites = new Map<string, Site>()
  let provider: TestProvider
  let zitadel: Zitadel
  let first: Guarded
  let second: Guarded

  beforeAll(async () => {
    writeFileSync(join(folder, 'users'), 'ann@example.com:*\n')
    writeFileSync(join(folder, 'secret-1'), `${CLIENT_SECRET}\n`)
    writeFileSync(join(folder, 'secret-2'), 'secret\n')
    const ports = [await freePort(), await freePort()] as const
    const [one, two] = ports.map(port => `http://${HOST}:${port}`) as [string, string]
    ;[provider, zitadel] = await Promise.all([startProvider(one), startZitadel(two)])
    const options = (origin: string, issuer: string, id: string, secret: string): string[] => [
      ...['--login', '--public-url', origin],
      ...['--oidc-issuer', issuer, '--oidc-client-id', id, '--oidc-client-secret-file', secret],
    ]
    const jwt = ['--jwt-issuer', provider.issuer, '--jwt-audience', AUDIENCE]
    first = await startGuardedMlflow(
      folder,
      [...options(one, provider.issuer, 'mlflow', 'secret-1'), ...jwt],
      [],
      ports[0],
    )
    const created = await fetch(`http://127.0.0.1:${first.upstreamPort}/api/2.0/mlflow/experiments/create`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'flowers' }),
    })
    expect(await created.json()).toEqual({ experiment_id: '1' })
    second = await startBeforeAt(
      ports[1],
      folder,
      `http://127.0.0.1:${first.upstreamPort}`,
      ...options(two, zitadel.issuer, zitadel.clientId, 'secret-2'),
    )
    sites.set('oidc-provider', {
      origin: one,
      issuer: provider.issuer,
      async signIn(page, name) {
        await fill(page, 'input[name=login]', name)
        await fill(page, 'input[name=password]', 'any')
        await click(page, 'Sign-in')
        // it does not ask again what the person agreed to in another tab
        const next = await page.waitForFunction(
          `location.hostname !== '127.0.0.1' ? 'back' : document.body?.innerText.includes('Continue') ? 'asked' : ''`,
        )
        if ((await next.jsonValue()) === 'asked') await click(page, 'Continue')
      },
      refuse: page => click(page, 'Cancel'),
    })
    sites.set('ZITADEL', {
      origin: two,
      issuer: zitadel.issuer,
      async signIn(page, name) {
        await fill(page, '#username', name)
        await fill(page, '#password', ZITADEL_PASSWORD)
        await click(page, 'Login')
      },
      refuse: (page, refused) => open(page, refused),
    })
  })
  afterAll(async () => {
    for (const part of [second?.program, first?.program, provider, zitadel])
      await part?.[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  test('a job whose access token expires is told 401, and goes on with a new one', async () => {
    // the clock of the provider is slow for the second token: by the guard's clock it has expired already, and is tolerated
    // for some more seconds
    let tokens = 0
    provider.intercept = ({ url }) => {
      if (url !== '/token') return false
      tokens++
      provider.jobSeconds = tokens === 2 ? 1 : 600
      if (tokens === 2) vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 55_000 })
      else vi.useRealTimers()
      return false
    }
    const output = await runPython([join(import.meta.dirname, 'mlflow-job.py')], {
      MLFLOW_TRACKING_URI: `http://127.0.0.1:${first.port}`,
      TOKEN_URL: `${provider.issuer}/token`,
      JOB_ID,
      JOB_SECRET: CLIENT_SECRET,
      AUDIENCE,
    })
    provider.intercept = undefined
    vi.useRealTimers()
    const { logged, refusals, kept, status } = JSON.parse(/^\{.*/m.exec(output)?.[0] ?? '')
    expect(logged).toBeGreaterThanOrEqual(3)
    expect(refusals).toEqual([expect.stringMatching(/401.*expired/s)])
    expect([kept, status]).toEqual([logged + 1, 'FINISHED'])
    expect(first.program.output()).toMatch(/a JSON Web Token was refused: the token expired at \d{4}-/)
  })

  describe.each<[string, LaunchOptions]>([
    [
      'Chromium',
      {
        browser: 'chrome',
        executablePath: chromium as string,
        args: ['--no-sandbox', '--disable-gpu', `--host-resolver-rules=MAP ${HOST} 127.0.0.1`],
      },
    ],
    [
      'Firefox',
      {
        browser: 'firefox',
        executablePath: firefox as string,
        extraPrefsFirefox: { 'network.dns.localDomains': HOST },
      },
    ],
  ])('%s', (_, how) => {
    let browser: Browser
    beforeAll(async () => {
      browser = await puppeteer.launch({ headless: true, ...how })
    })
    afterAll(() => browser?.close())

    describe.each(['oidc-provider', 'ZITADEL'])('with %s', name => {
      /** A person's browser at the sign-in page of a guard. */
      async function begin(address = '/') {
        const site = sites.get(name) as Site
        const context = await browser.createBrowserContext()
        /** What the browser asked for. */
        const asked: URL[] = []
        const newTab = async (path: string): Promise<Page> => {
          const page = await context.newPage()
          page.setDefaultTimeout(60_000)
          page.on('dialog', () => expect.unreachable())
          page.on('request', request => asked.push(new URL(request.url())))
          await open(page, site.origin + path)
          return page
        }
        const page = await newTab(address)
        const toProvider = async (tab = page): Promise<URLSearchParams> => {
          const from = asked.length
          await click(tab, 'Sign in with')
          await untilAt(tab, site.issuer)
          await tab.waitForSelector('input[name=password]')
          return asked.slice(from).find(({ searchParams }) => searchParams.has('code_challenge'))
            ?.searchParams as URLSearchParams
        }
        return { site, context, page, newTab, toProvider, asked }
      }
      const sessionOf = async (context: BrowserContext): Promise<string | undefined> =>
        (await context.cookies()).find(cookie => cookie.name === 'htpasswd')?.value
      /** What a failed sign-in ends on: a page with a button back, no session, and nothing that happens by itself. */
      async function expectFailure(page: Page, context: BrowserContext, text: string): Promise<void> {
        await heading(page, 'The sign-in did not succeed')
        expect(await page.evaluate('document.body.innerText')).toContain(text)
        expect(new URL(page.url()).pathname).toBe(CALLBACK)
        expect(await sessionOf(context)).toBeUndefined()
      }

      test('the button leads to MLflow’s page, fragment included; back, replay and sign-out', async () => {
        const { site, context, page, toProvider, asked } = await begin(`/${FRAGMENT}`)
        await toProvider()
        await site.signIn(page, 'ann')
        await page.waitForSelector('::-p-xpath(//*[contains(text(), "flowers")])')
        expect(page.url()).toContain(`${site.origin}/${FRAGMENT}`)
        const session = await sessionOf(context)
        expect(session).toBeDefined()

        // the answer of the provider once more: a page that says so, and the session stays
        const callback = asked.findLast(({ pathname }) => pathname === CALLBACK) as URL
        await open(page, callback.href)
        await heading(page, 'The sign-in did not succeed')
        expect(await sessionOf(context)).toBe(session)
        // back over it: MLflow is still there
        await page.evaluate('history.back()')
        await untilMlflow(page)

        await open(page, `${site.origin}/.htpasswd/logout`)
        await click(page, 'Sign out')
        // the page goes on by itself to the provider
        await untilAt(page, site.issuer)
        expect(await sessionOf(context)).toBeUndefined()
        await context.close()
      })

      test('consent refused, then given', async () => {
        const { site, context, page, toProvider } = await begin()
        const query = await toProvider()
        const refused = new URL(CALLBACK, site.origin)
        refused.search = new URLSearchParams({
          error: 'access_denied',
          state: query.get('state') ?? '',
        }).toString()
        await site.refuse(page, refused.href)
        await expectFailure(page, context, 'did not sign you in, or you said no there')
        await click(page, 'Back to the sign-in page')
        await toProvider()
        await site.signIn(page, 'ann')
        await untilMlflow(page)
        await context.close()
      })

      test('tab closed, several tabs', async () => {
        const { site, context, page, newTab, toProvider } = await begin()
        await toProvider()
        const [one, two] = [await newTab('/#/one'), await newTab('/#/two')]
        await page.close()
        await toProvider(one)
        await toProvider(two)
        await site.signIn(one, 'ann')
        await one.waitForFunction('location.hash.startsWith("#/one")')
        await site.signIn(two, 'ann')
        await two.waitForFunction('location.hash.startsWith("#/two")')
        await context.close()
      })

      test('the back button from the provider, and another try', async () => {
        const { site, context, page, toProvider } = await begin()
        await toProvider()
        await page.evaluate('history.back()')
        await page.waitForSelector('#provider')
        await toProvider()
        await site.signIn(page, 'ann')
        await untilMlflow(page)
        await context.close()
      })

      test('the state of another browser’s attempt, and the answer of another issuer', async () => {
        const { site, context, page, toProvider } = await begin()
        const query = await toProvider()
        const callback = (params: Record<string, string>): string => {
          const url = new URL(CALLBACK, site.origin)
          url.search = new URLSearchParams(params).toString()
          return url.href
        }
        await open(page, callback({ code: 'x', state: `${query.get('state')?.slice(0, -1)}_` }))
        await expectFailure(page, context, 'began in another browser')
        await open(
          page,
          callback({ code: 'x', state: query.get('state') ?? '', iss: 'https://evil.example' }),
        )
        await expectFailure(page, context, 'could not be accepted')
        await context.close()
      })
    })
  })
})
