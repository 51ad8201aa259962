// The upstream whose idle connections end after 5 s: uvicorn as MLflow starts it, or, where it is not installed, a server that does the same.
import { existsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort, start } from '../../bench/guard-servers.js'

const python = fileURLToPath(new URL('../../.cache/mlflow/bin/python', import.meta.url))

const APP = `
async def app(scope, receive, send):
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})
`

export async function startUvicorn(folder) {
  if (!existsSync(python)) return startLikeUvicorn()
  const port = await freePort()
  writeFileSync(join(folder, 'soak_app.py'), APP)
  const args = ['-m', 'uvicorn', '--app-dir', folder, '--lifespan', 'off', '--log-level', 'warning']
  return start('uvicorn', port, python, [...args, '--port', String(port), 'soak_app:app'])
}

async function startLikeUvicorn() {
  // newer versions of Node add a second to the time, unless told not to
  const options = { keepAliveTimeout: 5000, keepAliveTimeoutBuffer: 0 }
  const server = createServer(options, (req, res) => req.resume().on('end', () => res.end('ok')))
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  const stop = () => {
    server.closeAllConnections()
    server.close()
  }
  return { name: 'a server like uvicorn', port: server.address().port, stop }
}
