// `npm run screenshots`: makes the pictures of README.md and docs/serve.md from real runs; with names only those
// (`npm run screenshots terminal pages`). Needs Chromium, Xvfb, ImageMagick, python3, and MLflow in .cache/mlflow as .ci/run puts it there; the ports 5000 and 8080
// have to be free.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { chromium } from 'playwright-core'

const root = join(import.meta.dirname, '..', '..')
const command = join(root, 'bin/htpasswd.js')
const environment = join(root, '.cache/mlflow/bin')
const env = { ...process.env, PATH: `${environment}${delimiter}${process.env.PATH}` }
const COLUMNS = 80
const GUARD = 'http://127.0.0.1:8080'
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
const picture = name => join(root, 'docs', name)

const [user, password] = ['admin', 'wonderland']
const serve = ['serve', '--init', '--', 'mlflow', 'server', '--port', '5000']

/** What is on a terminal when the first command has been run there and the password been typed; the guard is ended again. */
function typeAtTerminal(cwd) {
  const type = `${password}\r`
  const steps = [{ type }, { type }, { after: 'TRACKING_PASSWORD', signal: 'SIGTERM' }]
  const job = JSON.stringify({ argv: [process.execPath, command, ...serve], steps, limit: 240 })
  const script = join(root, 'test/command/type_at_terminal.py')
  const { terminal } = JSON.parse(execFileSync('python3', [script, job], { cwd, env, encoding: 'utf8' }))
  const lines = terminal.replaceAll('\r', '').split('\n')
  // MLflow's own lines, which are many, are left out
  const created = lines.findIndex(line => line.startsWith('Created '))
  const first = lines.findIndex(line => line.startsWith('Open '))
  const last = lines.findIndex(line => line.includes('TRACKING_PASSWORD'))
  return [...lines.slice(0, created + 1), ...lines.slice(first, last + 1)].join('\n')
}

/** Makes a password file with the user of the pictures, unless it is there. */
function addUser(cwd, file) {
  if (existsSync(join(cwd, file))) return
  const add = ['add', file, user, '--password-env', 'LAB_PASSWORD']
  execFileSync(process.execPath, [command, ...add], { cwd, env: { ...env, LAB_PASSWORD: password } })
}

/** Starts the guard with MLflow and resolves when it says where to open it. */
async function startGuard(cwd) {
  const stdio = ['ignore', 'ignore', 'pipe']
  const guard = spawn(process.execPath, [command, ...serve], { cwd, env, stdio })
  let output = ''
  for await (const text of guard.stderr.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    output += text
    if (/^Open /m.test(output)) break
  }
  guard.stderr.resume()
  return guard
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

/** MLflow's page of runs, as the logged-in user sees it. */
async function photographApp(file) {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  const credentials = { username: user, password }
  const page = await browser.newPage({ viewport: { width: 1280, height: 768 }, httpCredentials: credentials })
  await page.goto(`${GUARD}/#/experiments/1/runs?compareRunsMode=CHART`)
  await page.locator('.js-plotly-plot .trace').first().waitFor({ state: 'attached' })
  // MLflow's assistant leaves no room for the curves; they grow when it is closed
  await page.getByRole('button', { name: 'Close' }).click()
  await page.waitForFunction(
    () => document.querySelector('.js-plotly-plot .bg').getBoundingClientRect().width > 100,
  )
  const session = await page.context().newCDPSession(page)
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 70 })
  writeFileSync(file, data, 'base64')
  await browser.close()
}

/** The browser's login prompt. It is no part of the page, so this is a picture of the screen of a virtual display. */
async function photographLogin(file, cwd) {
  const display = ':87'
  const screen = spawn('Xvfb', [display, '-screen', '0', '1000x600x24', '-nolisten', 'tcp'], {
    stdio: 'ignore',
  })
  const options = ['--no-sandbox', '--no-first-run', '--disable-gpu', '--disable-sync', '--test-type']
  const size = ['--window-size=1000,600', '--window-position=0,0', `--user-data-dir=${join(cwd, 'profile')}`]
  await delay(1000)
  const browser = spawn(executablePath, [...options, ...size, `${GUARD}/`], {
    env: { ...process.env, DISPLAY: display },
    stdio: 'ignore',
  })
  try {
    // nothing tells when the prompt has been painted
    await delay(15_000)
    execFileSync('import', ['-display', display, '-window', 'root', '-quality', '80', file])
  } finally {
    browser.kill()
    await once(browser, 'exit')
    screen.kill()
  }
}

/** The pages about errors, light and dark. */
async function photographPages(cwd) {
  const [file, port] = ['users', 8081]
  addUser(cwd, file)
  const options = ['--upstream', '9', '--port', String(port), '--contact', 'ann@lab.example']
  const guard = spawn(process.execPath, [command, 'serve', file, ...options], { cwd, stdio: 'pipe' })
  await once(guard.stderr, 'data')
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  const credentials = { username: user, password }
  const desktop = { width: 800, height: 480 }
  const shots = [
    ['page-401', { viewport: desktop, httpCredentials: { username: user, password: 'a guess' } }],
    ['page-502', { viewport: desktop, colorScheme: 'dark', httpCredentials: credentials }],
  ]
  for (const [name, options] of shots) {
    const page = await browser.newPage(options)
    await page.goto(`http://127.0.0.1:${port}/`)
    const session = await page.context().newCDPSession(page)
    const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 80 })
    writeFileSync(picture(`${name}.webp`), data, 'base64')
  }
  await browser.close()
  guard.kill()
  await once(guard, 'exit')
}

/** The sign-in page, light and dark, the account page on a phone, and the page after signing out. */
async function photographSignIn(cwd) {
  const [file, port] = ['lab-users', 8082]
  const address = `http://127.0.0.1:${port}`
  addUser(cwd, file)
  const look = [
    '--realm',
    'The lab',
    '--login-text',
    'Ask Ann for an account.',
    '--contact',
    'ann@lab.example',
  ]
  const options = ['--login', '--demo', '--port', String(port), ...look]
  const guard = spawn(process.execPath, [command, 'serve', file, ...options], { cwd, stdio: 'pipe' })
  await once(guard.stderr, 'data')
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  const take = async (page, name) => {
    const session = await page.context().newCDPSession(page)
    const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 80 })
    writeFileSync(picture(`${name}.webp`), data, 'base64')
  }
  const desktop = { width: 800, height: 560 }
  const dark = await browser.newPage({ viewport: desktop, colorScheme: 'dark' })
  await dark.goto(address)
  await take(dark, 'sign-in-dark')
  const page = await browser.newPage({ viewport: desktop })
  await page.goto(`${address}/.htpasswd/login?next=/.htpasswd/account`)
  await take(page, 'sign-in')
  await page.getByLabel('User name').fill(user)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.setViewportSize({ width: 420, height: 1380 })
  await page.getByRole('heading', { name: 'Your account' }).waitFor()
  await take(page, 'account')
  await page.setViewportSize({ width: 800, height: 360 })
  await page.goto(`${address}/.htpasswd/logout`)
  await take(page, 'sign-out')
  await browser.close()
  guard.kill()
  await once(guard, 'exit')
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
<title>The command in a terminal</title>
<style>
  text { font: 14px ui-monospace, Consolas, Menlo, "DejaVu Sans Mono", monospace; fill: #d6deeb; white-space: pre }
  .typed { fill: #7fdbca; font-weight: bold }
</style>
<rect width="100%" height="100%" rx="8" fill="#1b2330"/>
${lines.join('\n')}
</svg>
`
}

const wanted = process.argv.slice(2)
const wants = name => wanted.length === 0 || wanted.includes(name)
const folder = mkdtempSync(join(tmpdir(), 'screenshots-'))
try {
  if (wants('pages')) await photographPages(folder)
  if (wants('sign-in')) await photographSignIn(folder)
  if (wants('terminal')) {
    const typed = typeAtTerminal(folder)
    writeFileSync(picture('terminal.svg'), drawTerminal(`$ npx htpasswd-kit ${serve.join(' ')}\n${typed}`))
  }
  if (wants('app')) {
    // the file that typing at the terminal has made
    addUser(folder, '.htpasswd')
    const guard = await startGuard(folder)
    try {
      await photographLogin(picture('login.webp'), folder)
      logRuns(folder)
      await photographApp(picture('mlflow.webp'))
    } finally {
      guard.kill()
      await once(guard, 'exit')
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
