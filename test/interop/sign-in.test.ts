// The sign-in page in a browser, before MLflow: over plain http by a name of the LAN, and over https. axe-core looks at each page.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import axe from 'axe-core'
import { type Browser, type BrowserContext, type Page, chromium as playwright } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { hashPassword } from '../../src/hash/hash-password.ts'
import { endSessionsOf } from '../../src/store/session-ends.ts'
import { makeCertificate, openssl } from '../support/certificate.ts'
import { skipReason } from '../support/outside-program.ts'
import { IS_OVER, OPEN_STREAM, startEventApp } from './event-app.ts'
import {
  askFromPage,
  chromium,
  type Guarded,
  pictures,
  python,
  startBefore,
  startGuardedMlflow,
} from './mlflow-programs.ts'

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

const missing = skipReason({ 'MLflow in .cache/mlflow': python, Chromium: chromium, openssl })
const HOST = 'lab.example'
const PASSWORD = 'wonder land'

interface AxeWindow {
  readonly axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
}

/**
 * What axe-core has to say about a page, light and dark, and whether it is wider than the narrowest phone. The script is
 * evaluated, because the page's policy allows no other.
 */
async function violationsOf(page: Page): Promise<string[]> {
  const before = page.viewportSize()
  await page.evaluate(axe.source)
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const { violations } = await page.evaluate(() => (globalThis as unknown as AxeWindow).axe.run())
    found.push(...violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`))
  }
  await page.setViewportSize({ width: 320, height: 640 })
  const width = await page.evaluate('document.documentElement.scrollWidth')
  if (width !== 320) found.push(`at 320 pixels it is ${width} wide`)
  if (before !== null) await page.setViewportSize(before)
  await page.emulateMedia({ colorScheme: null })
  return found
}

const idOfFocus = (page: Page) => page.evaluate('document.activeElement.id')

async function signIn(page: Page, password = PASSWORD): Promise<void> {
  await page.getByLabel('User name').fill('alice')
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

describe.skipIf(missing)('signing in to MLflow with Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sign-in-'))
  const users = join(folder, 'users')
  let mlflow: Guarded
  let browser: Browser
  let base: string
  const contexts: BrowserContext[] = []

  beforeAll(async () => {
    writeFileSync(users, `alice:${await hashPassword(PASSWORD, { cost: 5 })}\n`)
    const options = [
      '--login',
      '--realm',
      'The lab',
      '--login-text',
      'Ask Ann for an account.',
      '--contact',
      'ann@lab.example',
    ]
    mlflow = await startGuardedMlflow(folder, options)
    base = `http://${HOST}:${mlflow.port}`
    browser = await playwright.launch({
      executablePath: chromium as string,
      args: ['--no-sandbox', '--disable-gpu', `--host-resolver-rules=MAP ${HOST} 127.0.0.1`],
    })
  })
  afterAll(async () => {
    await browser?.close()
    await mlflow?.program[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  const newContext = async (options = {}) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
    context.setDefaultTimeout(60_000)
    contexts.push(context)
    return context
  }

  /** Signs in, works until the session ends, signs in again, signs out in one of two tabs, and goes back. */
  async function converse(context: BrowserContext, address: string, cookieName: string): Promise<void> {
    const page = await context.newPage()
    page.on('dialog', () => expect.unreachable())
    await page.goto(`${address}/#/experiments`)
    await page.getByRole('heading', { name: 'The lab' }).waitFor()
    expect(await violationsOf(page)).toEqual([])
    await page.screenshot({ path: join(pictures, 'sign-in.png') })

    await signIn(page, 'wrong')
    await page.getByRole('alert').waitFor()
    expect(await page.getByLabel('User name').inputValue()).toBe('alice')
    // the field with the focus refers to the notice: a screen reader says both
    const password = page.getByLabel('Password', { exact: true })
    expect([await idOfFocus(page), await password.getAttribute('aria-describedby')]).toEqual([
      'password',
      'notice',
    ])
    expect(await violationsOf(page)).toEqual([])

    await signIn(page)
    await page.waitForURL(`${address}/#/experiments`)
    await page.getByText('Default').first().waitFor()
    expect((await page.evaluate(askFromPage, undefined)).status).toBe(200)
    const [cookie] = await context.cookies()
    const secure = address.startsWith('https')
    expect(cookie).toMatchObject({ name: cookieName, httpOnly: true, sameSite: 'Lax', secure, expires: -1 })
    expect(await page.evaluate('document.cookie')).toBe('')

    // work, and the end of the session while working: scripts hear it without a dialog, and nothing is lost silently
    const tab = await context.newPage()
    await tab.goto(`${address}/#/experiments`)
    await tab.getByText('Default').first().waitFor()
    await endSessionsOf(users, 'alice')
    const refused = await page.evaluate(askFromPage, undefined)
    expect([refused.status, refused.challenge]).toEqual([401, 'Bearer realm="The lab"'])
    expect(JSON.parse(refused.text).error_code).toBe('UNAUTHENTICATED')
    await page.reload()
    await signIn(page)
    await page.waitForURL(`${address}/#/experiments`)
    expect((await tab.evaluate(askFromPage, undefined)).status).toBe(200)

    // signing out in one tab ends the other
    await page.goto(`${address}/.htpasswd/logout`)
    expect(await violationsOf(page)).toEqual([])
    await page.screenshot({ path: join(pictures, 'sign-out.png') })
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
    expect(await violationsOf(page)).toEqual([])
    expect(await context.cookies()).toEqual([])
    expect((await tab.evaluate(askFromPage, undefined)).status).toBe(401)
    await page.goBack()
    await page.goBack()
    // either the page of before, of which no request succeeds, or where it was not kept, the sign-in page
    const isSignedOut = async () =>
      (await page.getByRole('heading', { name: 'The lab' }).count()) === 1 ||
      (await page.evaluate(askFromPage, undefined).catch(() => undefined))?.status === 401
    await expect.poll(isSignedOut, { timeout: 30_000 }).toBe(true)
  }

  test('over plain http: the page that was asked for, expiry, sign-out, two tabs, back button', async () =>
    converse(await newContext(), base, 'htpasswd'))

  test('an open event stream ends with the sign-out in another tab', async () => {
    using app = await startEventApp()
    const guard = await startBefore(folder, app.url, '--login')
    try {
      const context = await newContext()
      const [page, tab] = [await context.newPage(), await context.newPage()]
      const address = `http://${HOST}:${guard.port}`
      await page.goto(address)
      await signIn(page)
      await page.getByText('the app').waitFor()
      await page.evaluate(OPEN_STREAM)
      await tab.goto(`${address}/.htpasswd/logout`)
      await tab.getByRole('button', { name: 'Sign out' }).click()
      await tab.getByRole('heading', { name: 'You are signed out' }).waitFor()
      await page.waitForFunction(IS_OVER)
    } finally {
      await guard.program[Symbol.asyncDispose]()
    }
  })

  test('the account page changes the password, by keyboard alone', async () => {
    const context = await newContext({ colorScheme: 'dark', viewport: { width: 390, height: 844 } })
    const page = await context.newPage()
    await page.goto(`${base}/.htpasswd/account`)
    expect(await violationsOf(page)).toEqual([])
    expect(await idOfFocus(page)).toBe('username')
    await page.keyboard.type('alice')
    await page.keyboard.press('Tab')
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Your account' }).waitFor()
    expect(await violationsOf(page)).toEqual([])
    await page.screenshot({ path: join(pictures, 'account.png'), fullPage: true })
    await page.getByLabel('Name of the new token').fill('ci')
    const tokens = page.getByRole('region', { name: 'Access tokens' })
    await tokens.getByLabel('Current password').fill(PASSWORD)
    await tokens.getByRole('button', { name: 'Create token' }).click()
    const token = page.getByLabel(/This is the new token/)
    expect(await token.inputValue()).toMatch(/^htk_/)
    expect(await idOfFocus(page)).toBe('token')
    expect(await violationsOf(page)).toEqual([])
    const change = page.getByRole('region', { name: 'Change password' })
    await change.getByLabel('Current password').fill(PASSWORD)
    await change.getByLabel('New password', { exact: true }).fill('nine black cats')
    await change.getByLabel('New password again').fill('nine black cats')
    await change.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('The password was changed.').waitFor()
    expect([await idOfFocus(page), await violationsOf(page)]).toEqual(['notice', []])
    await page.goto(`${base}/`)
    await page.getByText('Default').first().waitFor()
    writeFileSync(users, `alice:${await hashPassword(PASSWORD, { cost: 5 })}\n`)
  })

  test('works without JavaScript', async () => {
    const page = await (await newContext({ javaScriptEnabled: false })).newPage()
    await page.goto(`${base}/health?x=y`)
    expect(await page.getByRole('button', { name: 'Show password' }).count()).toBe(0)
    await signIn(page)
    await page.waitForURL(`${base}/health?x=y`)
    expect(await page.getByText('OK').count()).toBe(1)
  })

  test('the password can be shown, and Caps Lock is told', async () => {
    const page = await (await newContext()).newPage()
    await page.goto(base)
    const password = page.getByLabel('Password', { exact: true })
    await password.fill('x')
    await page.getByRole('button', { name: 'Show password' }).click()
    expect(await password.getAttribute('type')).toBe('text')
    // Chromium's driver cannot switch Caps Lock on
    const press = (isOn: boolean) => password.dispatchEvent('keydown', { key: 'A', modifierCapsLock: isOn })
    await press(true)
    await page.getByRole('status').getByText('Caps Lock is on.').waitFor()
    expect(await violationsOf(page)).toEqual([])
    await press(false)
    await page.getByText('Caps Lock is on.').waitFor({ state: 'detached' })
  })

  test('over https the same; the cookie is of this host alone, and "stay signed in" outlives the browser', async () => {
    const { cert, key } = makeCertificate(folder, HOST)
    const upstream = `http://127.0.0.1:${mlflow.upstreamPort}`
    const options = ['--login', '--realm', 'The lab', '--tls-cert', cert, '--tls-key', key]
    const secure = await startBefore(folder, upstream, ...options)
    try {
      const context = await newContext({ ignoreHTTPSErrors: true })
      const address = `https://${HOST}:${secure.port}`
      await converse(context, address, '__Host-htpasswd')
      const page = await context.newPage()
      await page.goto(`${address}/#/experiments`)
      await page.getByLabel('Stay signed in').check()
      await signIn(page)
      await page.waitForURL(`${address}/#/experiments`)
      await page.getByText('Default').first().waitFor()
      const [cookie] = await context.cookies()
      expect(cookie).toMatchObject({ name: '__Host-htpasswd', secure: true, path: '/', domain: HOST })
      expect(cookie?.expires).toBeGreaterThan(Date.now() / 1000 + 11 * 3600)
      await page.goto(`${address}/.htpasswd/logout`)
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
      expect(await context.cookies()).toEqual([])
    } finally {
      await secure.program[Symbol.asyncDispose]()
    }
  })
})
