// The sign-in page in Firefox, before MLflow: over plain http by a name of the LAN, and over https. Puppeteer drives the
// Firefox of the system by WebDriver BiDi; Playwright drives only a Firefox of its own.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import axe from 'axe-core'
import puppeteer, { type Browser, type Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { hashPassword } from '../../src/hash/hash-password.ts'
import { endSessionsOf } from '../../src/store/session-ends.ts'
import { makeCertificate, openssl } from '../support/certificate.ts'
import { findProgram, skipReason } from '../support/outside-program.ts'
import { IS_OVER, OPEN_STREAM, startEventApp } from './event-app.ts'
import {
  askFromPage,
  type Guarded,
  pictures,
  python,
  startBefore,
  startGuardedMlflow,
} from './mlflow-programs.ts'

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

const firefox = findProgram('firefox-esr', 'firefox')
const missing = skipReason({ 'MLflow in .cache/mlflow': python, Firefox: firefox, openssl })
const HOST = 'lab.example'
const PASSWORD = 'wonder land'

/** Puppeteer waits for frames before it clicks, and Firefox draws none in a tab in the background: it comes to the front. */
async function signIn(page: Page, password = PASSWORD): Promise<void> {
  await page.bringToFront()
  await page.locator('input[name=username]').fill('alice')
  await page.locator('input[name=password]').fill(password)
  await page.locator('::-p-xpath(//button[.="Sign in"])').click()
}

async function signOut(page: Page): Promise<void> {
  await page.bringToFront()
  await page.locator('::-p-xpath(//button[.="Sign out"])').click()
}

const untilHeading = (page: Page, text: string) => page.waitForSelector(`::-p-xpath(//h1[.="${text}"])`)

/** Resolves when MLflow's UI lists its experiments at the address, fragment included. */
async function untilMlflow(page: Page, address: string): Promise<void> {
  await page.waitForSelector('::-p-xpath(//*[text()="Default"])')
  expect(page.url()).toBe(address)
}

interface AxeWindow {
  readonly axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
}

/** What axe-core has to say about a page. It is evaluated, because the page's policy allows no other script. */
async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(() => (globalThis as unknown as AxeWindow).axe.run())
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

const statusOfScript = async (page: Page) => (await page.evaluate(askFromPage)).status

describe.skipIf(missing)('signing in to MLflow with Firefox', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sign-in-firefox-'))
  const users = join(folder, 'users')
  let mlflow: Guarded
  let browser: Browser

  beforeAll(async () => {
    writeFileSync(users, `alice:${await hashPassword(PASSWORD, { cost: 5 })}\n`)
    mlflow = await startGuardedMlflow(folder, ['--login', '--realm', 'The lab'])
    browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: firefox as string,
      headless: true,
      acceptInsecureCerts: true,
      // Firefox takes the name for an address of this machine, but not for localhost: it sends no Sec-Fetch headers to it
      extraPrefsFirefox: { 'network.dns.localDomains': HOST },
    })
  })
  afterAll(async () => {
    await browser?.close()
    await mlflow?.program[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  /** Makes tabs that share cookies with each other and with no other test. */
  const newContext = async () => {
    const context = await browser.createBrowserContext()
    const newTab = async (address: string) => {
      const page = await context.newPage()
      page.setDefaultTimeout(60_000)
      // a password dialog of the browser would be one
      page.on('dialog', () => expect.unreachable())
      await page.goto(address)
      return page
    }
    return { context, newTab }
  }

  /** Signs in, works until the session ends, signs in again, signs out in one of two tabs, and goes back. */
  async function converse(host: string, cookieName: string): Promise<void> {
    const address = `${host}/#/experiments`
    const { context, newTab } = await newContext()
    const page = await newTab(address)
    await untilHeading(page, 'The lab')
    expect(await violationsOf(page)).toEqual([])
    await page.screenshot({ path: join(pictures, 'sign-in-firefox.png') })
    await signIn(page, 'wrong')
    await page.waitForSelector('[role=alert]')
    expect(await violationsOf(page)).toEqual([])
    await signIn(page)
    await untilMlflow(page, address)
    expect(await statusOfScript(page)).toBe(200)
    const [cookie] = await context.cookies()
    const secure = address.startsWith('https')
    expect(cookie).toMatchObject({ name: cookieName, httpOnly: true, sameSite: 'Lax', secure })
    expect(await page.evaluate('document.cookie')).toBe('')

    // the session ends while working: scripts are told without a password dialog, and signing in again leads back
    const tab = await newTab(address)
    await untilMlflow(tab, address)
    await endSessionsOf(users, 'alice')
    const refused = await page.evaluate(askFromPage)
    expect([refused.status, refused.challenge]).toEqual([401, 'Bearer realm="The lab"'])
    expect(JSON.parse(refused.text).error_code).toBe('UNAUTHENTICATED')
    await page.reload()
    await untilHeading(page, 'The lab')
    await signIn(page)
    await untilMlflow(page, address)
    expect(await statusOfScript(tab)).toBe(200)

    // signing out in one tab signs out the other
    await page.goto(new URL('/.htpasswd/logout', address).href)
    expect(await violationsOf(page)).toEqual([])
    await signOut(page)
    await untilHeading(page, 'You are signed out')
    expect(await context.cookies()).toEqual([])
    expect(await statusOfScript(tab)).toBe(401)
    await tab.reload()
    await untilHeading(tab, 'The lab')

    // back over both pages of the sign-out: MLflow comes from Firefox's memory, which Puppeteer's goBack waits for in vain
    await page.evaluate('history.go(-2)')
    await page.waitForFunction('location.hash === "#/experiments"')
    expect(await statusOfScript(page)).toBe(401)
    await context.close()
  }

  test('over plain http: the fragment survives; expiry while working, sign-out in another tab, back button', () =>
    converse(`http://${HOST}:${mlflow.port}`, 'htpasswd'))

  test('an open event stream ends with the sign-out in another tab', async () => {
    using app = await startEventApp()
    const guard = await startBefore(folder, app.url, '--login')
    try {
      const address = `http://${HOST}:${guard.port}`
      const { newTab } = await newContext()
      const page = await newTab(address)
      await signIn(page)
      await page.waitForSelector('::-p-xpath(//p[.="the app"])')
      await page.evaluate(OPEN_STREAM)
      const tab = await newTab(`${address}/.htpasswd/logout`)
      await signOut(tab)
      await untilHeading(tab, 'You are signed out')
      await page.waitForFunction(IS_OVER)
    } finally {
      await guard.program[Symbol.asyncDispose]()
    }
  })

  test('the account page creates a token and changes the password', async () => {
    const { newTab } = await newContext()
    const page = await newTab(`http://${HOST}:${mlflow.port}/.htpasswd/account`)
    await signIn(page)
    await untilHeading(page, 'Your account')
    expect(await violationsOf(page)).toEqual([])
    await page.locator('#token-name').fill('ci')
    await page.locator('#create-current').fill(PASSWORD)
    await page.locator('::-p-xpath(//button[.="Create token"])').click()
    await page.waitForSelector('#token')
    expect(await page.$eval('#token', field => (field as unknown as { value: string }).value)).toMatch(
      /^htk_/,
    )
    expect(await violationsOf(page)).toEqual([])
    await page.locator('#current').fill(PASSWORD)
    await page.locator('#next').fill('nine black cats')
    await page.locator('#repeat').fill('nine black cats')
    await page.locator('::-p-xpath(//button[.="Change password"])').click()
    await page.waitForSelector('::-p-xpath(//p[starts-with(., "The password was changed.")])')
    expect(await violationsOf(page)).toEqual([])
    await page.goto(`http://${HOST}:${mlflow.port}/`)
    await page.waitForSelector('::-p-xpath(//*[text()="Default"])')
    writeFileSync(users, `alice:${await hashPassword(PASSWORD, { cost: 5 })}\n`)
  })

  test('over https the same; the cookie is of this host alone, and "stay signed in" outlives the browser', async () => {
    const { cert, key } = makeCertificate(folder, HOST)
    const upstream = `http://127.0.0.1:${mlflow.upstreamPort}`
    const options = ['--login', '--realm', 'The lab', '--tls-cert', cert, '--tls-key', key]
    const secure = await startBefore(folder, upstream, ...options)
    try {
      await converse(`https://${HOST}:${secure.port}`, '__Host-htpasswd')
      const address = `https://${HOST}:${secure.port}/#/experiments`
      const { context, newTab } = await newContext()
      const page = await newTab(address)
      await page.locator('input[type=checkbox]').click()
      await signIn(page)
      await untilMlflow(page, address)
      const [cookie] = await context.cookies()
      expect(cookie).toMatchObject({ name: '__Host-htpasswd', secure: true, path: '/', domain: HOST })
      expect(cookie?.expires).toBeGreaterThan(Date.now() / 1000 + 11 * 3600)
    } finally {
      await secure.program[Symbol.asyncDispose]()
    }
  })
})
