// An app with an event stream, and what a browser's page does with it.
import { createServer } from 'node:http'
import { listen, portOf } from '../support/test-guard.ts'

/** An app whose every address is a page, but for `/events`, which never ends by itself. */
export async function startEventApp(): Promise<{ readonly url: string } & Disposable> {
  const server = await listen(
    createServer((req, res) => {
      const isStream = req.url === '/events'
      res.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'text/html' })
      if (isStream) res.write('data: first\n\n')
      else res.end('<!doctype html><title>the app</title><p>the app')
    }),
  )
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    [Symbol.dispose]: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** Both are evaluated in a page: opens the stream and waits for its first event; and whether it is over for good. */
export const OPEN_STREAM =
  "new Promise(resolve => { globalThis.stream = new EventSource('/events'); stream.onmessage = () => resolve(true) })"
export const IS_OVER = 'globalThis.stream.readyState === EventSource.CLOSED'
