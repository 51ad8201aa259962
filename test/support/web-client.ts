// A client that keeps cookies by origin and follows redirects from one server to the next, as a browser does.
import { ACCEPT_HTML, BrowserClient, type Reply } from './browser-client.ts'

/** A reply, and the address that it came from. */
export interface WebReply extends Reply {
  readonly url: URL
}

const MAX_REDIRECTS = 10

export class WebClient {
  readonly #servers = new Map<string, BrowserClient>()
  /** Where it stops to follow redirects; undefined to follow all. */
  stopAt: ((url: URL) => boolean) | undefined

  at(origin: string): BrowserClient {
    const known = this.#servers.get(origin) ?? new BrowserClient(origin)
    this.#servers.set(origin, known)
    return known
  }

  async open(address: string | URL): Promise<WebReply> {
    const url = new URL(address)
    const reply = await this.at(url.origin).send('GET', url.pathname + url.search, { accept: ACCEPT_HTML })
    return this.#follow(url, reply)
  }

  async submit(address: string | URL, fields: Readonly<Record<string, string>>): Promise<WebReply> {
    const url = new URL(address)
    const headers = {
      accept: ACCEPT_HTML,
      origin: url.origin,
      'content-type': 'application/x-www-form-urlencoded',
    }
    const body = new URLSearchParams(fields).toString()
    return this.#follow(url, await this.at(url.origin).send('POST', url.pathname, headers, body))
  }

  async #follow(from: URL, first: Reply): Promise<WebReply> {
    let url = from
    let reply = first
    for (let i = 0; reply.status >= 300 && reply.status < 400; i++) {
      if (i === MAX_REDIRECTS) throw new Error(`too many redirects, at last to ${url.href}`)
      url = new URL(reply.headers.location ?? '', url)
      if (this.stopAt?.(url)) break
      reply = await this.at(url.origin).send('GET', url.pathname + url.search, { accept: ACCEPT_HTML })
    }
    return { ...reply, url }
  }
}
