// MLflow's UI in a headless Chromium, driven as a person would: list, open, edit a tag, view an artifact, a trace, delete.
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

export interface UiVisit {
  /** Where the guard is reached, by a name that is not localhost, with the path that the UI is below. */
  readonly base: string
  /** Chromium's own resolver rules, so that the name needs no entry in /etc/hosts. */
  readonly resolverRules: string
  readonly chromium: string
  readonly user: string
  readonly password: string
  readonly experiment: string
  readonly run: string
  readonly steps: readonly UiStep[]
  /** A file name for each step's picture. */
  readonly picture: (step: UiStep) => string
}

export interface UiReport {
  /** Responses of 400 and above, as "403 POST /path". */
  readonly refused: string[]
  /** What the browser's console called an error. */
  readonly errors: string[]
}

/** Fails at the step that does not work; each leaves a picture, the failed one too. */
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
    return await walk(await newContext(browser, visit), visit)
  } finally {
    await browser.close()
  }
}

function newContext(browser: Browser, { base, user, password }: UiVisit): Promise<BrowserContext> {
  return browser.newContext({
    viewport: { width: 1400, height: 900 },
    // answers the login prompt, which a headless browser cannot show; it waits for the challenge
    httpCredentials: { username: user, password, origin: new URL(base).origin },
  })
}

async function walk(context: BrowserContext, visit: UiVisit): Promise<UiReport> {
  const page = await context.newPage()
  page.setDefaultTimeout(60_000)
  const report: UiReport = { refused: [], errors: [] }
  page.on('response', response => {
    if (response.status() < 400) return
    const { pathname } = new URL(response.url())
    report.refused.push(`${response.status()} ${response.request().method()} ${pathname}`)
  })
  page.on('console', message => {
    if (message.type() === 'error') report.errors.push(`${message.text()} ${message.location().url}`)
  })
  // the traces have a word of welcome that lies over the page
  await page.addLocatorHandler(page.getByRole('button', { name: 'Got it' }), button => button.click())
  for (const name of visit.steps) {
    try {
      await allSteps[name](page, visit)
    } finally {
      await page.screenshot({ path: visit.picture(name) })
    }
  }
  return report
}

const RUN_NAME = 'first run'
const ARTIFACT_TEXT = 'hello from the artifact'
const TRACE_INPUT = 'what is guarded here'
const INNER_SPAN = 'answer'
const TRACE_OUTPUT = 'all of it'

/** A Python program that logs what the visit looks for, and prints where. */
export const seed = `
import mlflow
mlflow.set_experiment("browser")
with mlflow.start_run(run_name="${RUN_NAME}") as run:
    mlflow.log_metric("loss", 0.5)
    mlflow.log_text("${ARTIFACT_TEXT}", "notes/hello.txt")
    mlflow.set_tag("colour", "red")
with mlflow.start_span("question") as span:
    span.set_inputs({"q": "${TRACE_INPUT}"})
    with mlflow.start_span("${INNER_SPAN}") as inner:
        inner.set_outputs({"a": "${TRACE_OUTPUT}"})
mlflow.flush_trace_async_logging()
print("IDS", run.info.experiment_id, run.info.run_id)
`

const experimentPage = ({ base, experiment }: UiVisit): string => `${base}/#/experiments/${experiment}`
const runPage = (visit: UiVisit): string => `${experimentPage(visit)}/runs/${visit.run}`

const steps = {
  async list(page: Page, visit: UiVisit) {
    await page.goto(`${experimentPage(visit)}/runs`)
    await page.getByText(RUN_NAME).first().waitFor()
  },

  async 'open run'(page: Page) {
    await page.getByText(RUN_NAME).first().click()
    await page.getByText('About this run').waitFor()
  },

  async 'edit tag'(page: Page, visit: UiVisit) {
    await page.goto(runPage(visit))
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
  },

  async 'view artifact'(page: Page, visit: UiVisit) {
    await page.goto(`${runPage(visit)}/artifacts`)
    await page.getByText('notes', { exact: true }).click()
    await page.getByText('hello.txt', { exact: true }).click()
    await page.getByText(ARTIFACT_TEXT).waitFor()
  },

  async 'view trace'(page: Page, visit: UiVisit) {
    await page.goto(`${experimentPage(visit)}/traces`)
    await page.getByText(TRACE_INPUT).first().click()
    await page.getByText(INNER_SPAN, { exact: true }).click()
    await page.getByText(TRACE_OUTPUT).first().waitFor()
  },

  async 'delete run'(page: Page, visit: UiVisit) {
    await page.goto(runPage(visit))
    await page.getByRole('button', { name: 'Open header dropdown menu' }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    const deleted = page.waitForResponse(response => response.url().endsWith('/runs/delete'))
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    const status = (await deleted).status()
    if (status !== 200) throw new Error(`delete expected 200, got ${status}`)
  },
}

/** What a button of the UI says to a user who may not do what it does. */
const REFUSAL = /guest may only read/

/** For a user who may only read. */
const readerSteps = {
  async 'list experiments'(page: Page, { base }: UiVisit) {
    await page.goto(`${base}/#/experiments`)
    await page.getByText('browser', { exact: true }).first().waitFor()
  },

  async 'view chart'(page: Page, visit: UiVisit) {
    await page.goto(`${runPage(visit)}/model-metrics`)
    await page.locator('.js-plotly-plot').first().waitFor()
    await page.getByText('loss').first().waitFor()
  },

  async 'be told why a run is not deleted'(page: Page, visit: UiVisit) {
    await page.goto(runPage(visit))
    await page.getByRole('button', { name: 'Open header dropdown menu' }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText(REFUSAL).first().waitFor()
  },

  async 'be told why a tag is not saved'(page: Page, visit: UiVisit) {
    await page.goto(runPage(visit))
    await page.getByRole('button', { name: 'Edit tags' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox').fill('mood')
    await page.keyboard.press('Enter')
    await dialog.getByRole('textbox', { name: 'Value' }).fill('sunny')
    await dialog.getByRole('button', { name: 'Add tag' }).click()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByText(REFUSAL).first().waitFor()
  },
}

const allSteps = { ...steps, ...readerSteps }
export type UiStep = keyof typeof allSteps
export const uiSteps = Object.keys(steps) as readonly UiStep[]
export const uiReaderSteps: readonly UiStep[] = [
  'list experiments',
  'list',
  'open run',
  'view chart',
  'view artifact',
  'view trace',
  'be told why a run is not deleted',
  'be told why a tag is not saved',
]
