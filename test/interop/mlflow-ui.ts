// MLflow's UI in a headless Chromium, driven as a person would: list, open, edit a tag, view an artifact, a trace, delete.
import { type Browser, chromium, type Page } from 'playwright-core'

export interface UiVisit {
  /** Where the guard is reached, by a name that is not localhost. */
  readonly origin: string
  /** Chromium's own resolver rules, so that the name needs no entry in /etc/hosts. */
  readonly resolverRules: string
  readonly chromium: string
  readonly user: string
  readonly password: string
  readonly experiment: string
  readonly run: string
  readonly runName: string
  readonly traceText: string
  /** A file name for each step's picture. */
  readonly picture: (step: string) => string
}

export interface UiReport {
  readonly steps: string[]
  /** Responses of 400 and above, as "403 POST /path". */
  readonly refused: string[]
  /** How often the browser was asked to log in. */
  readonly challenges: number
}

export async function visitUi(visit: UiVisit): Promise<UiReport> {
  const browser = await chromium.launch({
    executablePath: visit.chromium,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      `--host-resolver-rules=${visit.resolverRules}`,
    ],
  })
  try {
    return await walk(browser, visit)
  } finally {
    await browser.close()
  }
}

async function walk(browser: Browser, visit: UiVisit): Promise<UiReport> {
  const context = await browser.newContext({
    viewport: { width: 1400, height: 900 },
    // answers the login prompt, which a headless browser cannot show; it waits for the challenge
    httpCredentials: { username: visit.user, password: visit.password, origin: visit.origin },
  })
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  const refused: string[] = []
  let challenges = 0
  page.on('response', response => {
    if (response.status() === 401) challenges++
    if (response.status() < 400) return
    refused.push(`${response.status()} ${response.request().method()} ${new URL(response.url()).pathname}`)
  })
  const steps: string[] = []
  const step = async (name: string, run: () => Promise<void>): Promise<void> => {
    try {
      await run()
      steps.push(name)
    } finally {
      await page.screenshot({ path: visit.picture(name) })
    }
  }
  const runPage = `${visit.origin}/#/experiments/${visit.experiment}/runs/${visit.run}`

  await step('list', async () => {
    await page.goto(`${visit.origin}/#/experiments/${visit.experiment}/runs`)
    await page.getByText(visit.runName).first().waitFor()
  })
  await step('open run', async () => {
    await page.getByText(visit.runName).first().click()
    await page.getByText('About this run').waitFor()
  })
  await step('edit tag', () => editTag(page, runPage))
  await step('view artifact', async () => {
    await page.goto(`${runPage}/artifacts`)
    await page.getByText('notes', { exact: true }).click()
    await page.getByText('hello.txt', { exact: true }).click()
    await page.getByText('hello from the artifact').waitFor()
  })
  await step('view trace', async () => {
    await page.goto(`${visit.origin}/#/experiments/${visit.experiment}/traces`)
    await page.getByText(visit.traceText).first().waitFor()
  })
  await step('delete run', () => deleteRun(page, runPage))
  return { steps, refused, challenges }
}

async function editTag(page: Page, runPage: string): Promise<void> {
  await page.goto(runPage)
  await page.getByRole('button', { name: 'Edit tags' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox').fill('mood')
  await page.keyboard.press('Enter')
  await dialog.getByRole('textbox', { name: 'Value' }).fill('sunny')
  await dialog.getByRole('button', { name: 'Add tag' }).click()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.waitFor({ state: 'hidden' })
  await page.reload()
  await page.getByText('sunny').first().waitFor()
}

async function deleteRun(page: Page, runPage: string): Promise<void> {
  await page.goto(runPage)
  await page.getByRole('button', { name: 'Open header dropdown menu' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  const deleted = page.waitForResponse(response => response.url().endsWith('/runs/delete'))
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  if (!(await deleted).ok()) throw new Error(`delete expected 200, got ${(await deleted).status()}`)
}
