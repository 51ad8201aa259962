// Makes the pictures of README.md from real runs: the two lines in a terminal, and MLflow's page behind the guard.
// Needs Chromium, python3, and MLflow in .cache/mlflow as .ci/run puts it there; the ports 5000 and 8080 have to be free.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { chromium } from 'playwright-core'

const root = join(import.meta.dirname, '..')
const command = join(root, 'bin/htpasswd.js')
const environment = join(root, '.cache/mlflow/bin')
const env = { ...process.env, PATH: `${environment}${delimiter}${process.env.PATH}` }
const COLUMNS = 100
const GUARD = 'http://127.0.0.1:8080'

const [user, password] = ['admin', 'wonderland']
const make = ['-cB', '-C', '12', 'mlflow-authfile', user]
const serve = ['serve', 'mlflow-authfile', '--', 'mlflow', 'server', '--port', '5000']

/** What stands on a terminal after the passwords have been typed at it. */
function typeAtTerminal(cwd) {
  const steps = [{ type: `${password}\r` }, { type: `${password}\r` }]
  const job = JSON.stringify({ argv: [process.execPath, command, ...make], steps })
  const script = join(root, 'test/command/type_at_terminal.py')
  const { terminal } = JSON.parse(execFileSync('python3', [script, job], { cwd, encoding: 'utf8' }))
  return terminal.replaceAll('\r', '')
}

/** Starts the guard with MLflow and resolves when it says where to open it. */
async function startGuard(cwd) {
  const guard = spawn(process.execPath, [command, ...serve], {
    cwd,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  for await (const text of guard.stderr.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    said += text
    if (/^ {4}cmd .*\n/m.test(said)) break
  }
  guard.stderr.resume()
  // MLflow's own lines, which are many, are left out
  return { guard, said: said.slice(said.indexOf('Guarding')) }
}

/** A few runs, logged through the guard as a user of it would. */
function logRuns(cwd) {
  const program = `
import math, mlflow
mlflow.set_experiment('wine quality')
for name, rate in [('baseline', .15), ('wider', .3), ('deeper', .6)]:
    with mlflow.start_run(run_name=name):
        mlflow.log_params({'learning_rate': rate, 'batch_size': 64})
        for step in range(30):
            mlflow.log_metrics({'loss': math.exp(-rate * step / 3) + .04 * math.sin(step * rate), 'accuracy': 1 - math.exp(-rate * (step + 4) / 4)}, step=step)
`
  const login = { MLFLOW_TRACKING_USERNAME: user, MLFLOW_TRACKING_PASSWORD: password }
  const quiet = ['ignore', 'ignore', 'inherit']
  execFileSync(join(environment, 'python'), ['-c', program], {
    cwd,
    stdio: quiet,
    env: { ...env, ...login, MLFLOW_TRACKING_URI: GUARD },
  })
}

async function photograph(file) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  })
  const credentials = { username: user, password }
  const page = await browser.newPage({ viewport: { width: 1280, height: 640 }, httpCredentials: credentials })
  await page.goto(`${GUARD}/#/experiments/1/runs?compareRunsMode=CHART`)
  await page.locator('.js-plotly-plot .trace').first().waitFor({ state: 'attached' })
  // MLflow's assistant leaves no room for the curves; they grow when it is gone
  await page.getByRole('button', { name: 'Close' }).click()
  await page.waitForFunction(
    () => document.querySelector('.js-plotly-plot .bg').getBoundingClientRect().width > 100,
  )
  const session = await page.context().newCDPSession(page)
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 70 })
  writeFileSync(file, data, 'base64')
  await browser.close()
}

const escapeXml = text => text.replace(/[&<>]/g, c => `&#${c.charCodeAt(0)};`)

/** A terminal as SVG: text stays text, and no font travels along. */
function drawTerminal(text) {
  const wrapped = text
    .trimEnd()
    .split('\n')
    .flatMap(line => line.match(new RegExp(`.{1,${COLUMNS}}`, 'g')) ?? [''])
  const [width, height] = [COLUMNS * 8.43 + 32, wrapped.length * 20 + 28]
  const lines = wrapped.map(
    (line, i) =>
      `<text x="16" y="${30 + i * 20}"${line.startsWith('$ ') ? ' class="typed"' : ''}>${escapeXml(line)}</text>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<title>The two lines in a terminal</title>
<style>
  text { font: 14px ui-monospace, Consolas, Menlo, "DejaVu Sans Mono", monospace; fill: #d6deeb; white-space: pre }
  .typed { fill: #7fdbca; font-weight: bold }
</style>
<rect width="100%" height="100%" rx="8" fill="#1b2330"/>
${lines.join('\n')}
</svg>
`
}

const folder = mkdtempSync(join(tmpdir(), 'screenshots-'))
const typed = typeAtTerminal(folder)
const { guard, said } = await startGuard(folder)
try {
  logRuns(folder)
  await photograph(join(import.meta.dirname, 'mlflow.webp'))
  const text = `$ npx htpasswd-kit ${make.join(' ')}\n${typed}$ npx htpasswd-kit ${serve.join(' ')}\n${said}`
  writeFileSync(join(import.meta.dirname, 'terminal.svg'), drawTerminal(text))
} finally {
  guard.kill()
  await once(guard, 'exit')
  rmSync(folder, { recursive: true, force: true })
}
