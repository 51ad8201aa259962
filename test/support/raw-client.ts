// An HTTP client that sends exactly what it is told and reports exactly what comes: for proofs, not for comfort.
import { createHash } from 'node:crypto'
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect } from 'node:net'
import { Readable } from 'node:stream'

export interface Ask {
  readonly port: number
  /** Where to connect to; 127.0.0.1 without it. */
  readonly host?: string
  readonly path?: string
  readonly method?: string
  /** Sent in this order and spelling; a name may come twice. */
  readonly headers?: readonly (readonly [name: string, value: string])[]
  readonly body?: string | Buffer | Readable
  /** The address that the connection comes from. */
  readonly from?: string
  readonly tls?: boolean
  readonly signal?: AbortSignal
  readonly onContinue?: () => void
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: readonly string[]
  readonly text: string
  readonly bytes: number
  readonly sha256: string
}

const TEXT_KEPT = 64 * 1024

/** The answer's head, its body still to be read. */
export function open({
  host = '127.0.0.1',
  port,
  path = '/',
  method = 'GET',
  headers = [],
  body,
  from,
  tls,
  signal,
  onContinue,
}: Ask): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const given = headers.some(([name]) => name.toLowerCase() === 'host')
      ? headers
      : [['Host', `127.0.0.1:${port}`] as const, ...headers]
    const request = (tls ? httpsRequest : httpRequest)({
      host,
      port,
      path,
      method,
      agent: false,
      setHost: false,
      headers: given.flat() as never,
      rejectUnauthorized: false,
      maxHeaderSize: 128 * 1024,
      ...(from !== undefined && { localAddress: from }),
      ...(signal !== undefined && { signal }),
    } as never)
    request.once('response', resolve)
    request.once('error', reject)
    request.once('upgrade', response => {
      response.socket.destroy()
      resolve(response)
    })
    if (onContinue) request.once('continue', onContinue)
    if (body instanceof Readable) body.pipe(request)
    else if (onContinue === undefined) request.end(body)
    else {
      request.flushHeaders()
      request.once('continue', () => request.end(body))
    }
  })
}

export async function read(response: IncomingMessage): Promise<Answer> {
  const hash = createHash('sha256')
  const kept: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    hash.update(chunk)
    if (bytes < TEXT_KEPT) kept.push(chunk)
    bytes += chunk.length
  }
  const { statusCode = 0, headers, rawHeaders } = response
  return {
    status: statusCode,
    headers,
    rawHeaders,
    text: Buffer.concat(kept).toString(),
    bytes,
    sha256: hash.digest('hex'),
  }
}

export const ask = async (what: Ask): Promise<Answer> => read(await open(what))

/** Sends bytes and resolves with all that comes until the other side closes, or until `enough` says so. */
export function raw(
  port: number,
  text: string | Buffer,
  enough: (got: string) => boolean = () => false,
  limitMs = 5000,
): Promise<string> {
  return new Promise(resolve => {
    let got = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    const finish = (): void => {
      socket.destroy()
      resolve(got)
    }
    socket.setTimeout(limitMs, finish)
    socket.setEncoding('latin1')
    socket.on('data', chunk => {
      got += chunk
      if (enough(got)) finish()
    })
    socket.on('end', finish).on('error', finish).on('close', finish)
  })
}

export const basic = (
  user: string,
  password: string,
  encoding: BufferEncoding = 'utf8',
): readonly [string, string] => [
  'Authorization',
  `Basic ${Buffer.from(`${user}:${password}`, encoding).toString('base64')}`,
]
