// A client that behaves as a browser does on http: keeps cookies, sends Origin with forms, follows redirects.
import { type IncomingHttpHeaders, request } from 'node:http'

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export const ACCEPT_HTML = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

export class BrowserClient {
  readonly cookies = new Map<string, string>()
  readonly #origin: string

  constructor(origin: string) {
    this.#origin = origin
  }

  get cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  /** One request, without following what it leads to. */
  send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
    body = '',
  ): Promise<Reply> {
    const cookie = this.cookies.size === 0 ? undefined : { cookie: this.cookieHeader }
    const length = method === 'POST' ? { 'content-length': String(Buffer.byteLength(body)) } : undefined
    return new Promise((resolve, reject) => {
      const options = { method, path, agent: false as const, headers: { ...cookie, ...length, ...headers } }
      const sent = request(this.#origin, options, response => {
        const chunks: Buffer[] = []
        response.on('data', chunk => chunks.push(chunk))
        response.on('end', () => {
          for (const line of response.headers['set-cookie'] ?? []) this.#keep(line)
          const { statusCode = 0, headers: received } = response
          resolve({ status: statusCode, headers: received, body: Buffer.concat(chunks).toString() })
        })
      })
      sent.on('error', reject)
      sent.end(body)
    })
  }

  /** Opens a page as a person does. */
  async open(path: string): Promise<Reply> {
    return this.#follow(await this.send('GET', path, { accept: ACCEPT_HTML }))
  }

  /** Sends a form of one of our pages. */
  async submit(path: string, fields: Readonly<Record<string, string>>): Promise<Reply> {
    const headers = {
      accept: ACCEPT_HTML,
      origin: this.#origin,
      'content-type': 'application/x-www-form-urlencoded',
    }
    return this.#follow(await this.send('POST', path, headers, new URLSearchParams(fields).toString()))
  }

  signIn(username: string, password: string, more: Readonly<Record<string, string>> = {}): Promise<Reply> {
    return this.submit('/.htpasswd/login', { username, password, ...more })
  }

  #follow(reply: Reply): Promise<Reply> | Reply {
    const { location } = reply.headers
    return reply.status === 303 && location !== undefined ? this.open(location.replace(/#.*/, '')) : reply
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';')
    const at = pair.indexOf('=')
    if (attributes.some(attribute => attribute.trim() === 'Max-Age=0')) this.cookies.delete(pair.slice(0, at))
    else this.cookies.set(pair.slice(0, at), pair.slice(at + 1))
  }
}
