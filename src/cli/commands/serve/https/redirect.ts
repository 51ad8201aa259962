// `--redirect-http`: sends browsers from plain HTTP to HTTPS, and refuses what must not be sent without encryption.
import { createServer, type IncomingMessage } from 'node:http'
import { isPort, type ListenAddress } from '../listen/address.ts'
import { listenAt } from '../listen/listen.ts'

interface Redirect {
  readonly ports: readonly number[]
  close(): void
}

/** @throws HtpasswdError `ERR_LISTEN`. */
export async function openRedirect(
  addresses: readonly ListenAddress[],
  httpsPort: number,
): Promise<Redirect> {
  const server = createServer({ requestTimeout: 10_000, maxHeaderSize: 65_536 }, (request, response) => {
    const { status, headers, text } = redirectOf(request, httpsPort)
    // further requests on the connection are not read
    response.shouldKeepAlive = false
    const body = Buffer.from(`${text}\n`)
    response.writeHead(status, {
      'content-type': 'text/plain; charset=utf-8',
      'content-length': body.length,
      'cache-control': 'no-store',
      ...headers,
    })
    response.end(request.method === 'HEAD' ? undefined : body)
  })
  const { addresses: bound, others } = await listenAt(server, addresses)
  return {
    ports: bound.filter(isPort).map(({ port }) => port),
    close: () => {
      for (const each of [server, ...others]) each.close()
      server.closeAllConnections()
    },
  }
}

type Facts = Pick<IncomingMessage, 'method' | 'url' | 'headers'>

interface RedirectResponse {
  readonly status: 308 | 400 | 403
  readonly headers?: { readonly location: string }
  readonly text: string
}

// a name or an address, with or without a port
const HOST = /^([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?$/i

/**
 * A program that sends its password to http:// would keep doing so after a redirect, and each time the password can be
 * read on the network; the same holds for data. A person's browser first requests a page, without a password.
 */
export function redirectOf({ method, url = '', headers }: Facts, httpsPort: number): RedirectResponse {
  const host = HOST.exec(headers.host ?? '')?.[1]
  if (host === undefined || !url.startsWith('/')) return { status: 400, text: 'Bad request' }
  const port = httpsPort === 443 ? '' : `:${httpsPort}`
  const base = `https://${host}${port}`
  const isPage = method === 'GET' || method === 'HEAD'
  if (!isPage || headers.authorization !== undefined) {
    return {
      status: 403,
      text: `This request was not encrypted, so others on the network can read what it sent. Use ${base} instead.`,
    }
  }
  return { status: 308, headers: { location: `${base}${url}` }, text: `Moved to ${base}` }
}
