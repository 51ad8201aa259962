// Reads the form in a request to one of the guard's own endpoints.
import type { IncomingMessage } from 'node:http'
import { type CannedResponse, textResponse } from '../basic/responses.ts'
import { hasBody } from '../proxy/request-body.ts'

/** Enough for a name, two passwords and a path. */
const MAX_FORM_BYTES = 8 * 1024

/** The time limit of a form, as for a header, because the sender may be anybody. */
const FORM_MILLISECONDS = 20_000

const tooLarge = textResponse(413, '413 Content Too Large: This form is longer than 8 KB.')
const notAForm = textResponse(
  415,
  '415 Unsupported Media Type: This address takes a form (application/x-www-form-urlencoded).',
)
const cutOff = textResponse(400, '400 Bad Request: The form was cut off.')

/** As `readForm`, of a request that may have no body. A form that takes too long ends its connection. */
export async function readFormOf(req: IncomingMessage): Promise<URLSearchParams | CannedResponse> {
  if (!hasBody(req)) return new URLSearchParams()
  const timer = setTimeout(() => req.destroy(), FORM_MILLISECONDS)
  const form = await readForm(req.headers['content-type'] ?? '', req.iterator({ destroyOnReturn: false }))
  clearTimeout(timer)
  return form
}

/** Resolves with the fields, or with an error response to anything that is not a form. */
export async function readForm(
  type: string,
  body: AsyncIterable<Uint8Array>,
): Promise<URLSearchParams | CannedResponse> {
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) return notAForm
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of body) {
      length += chunk.length
      if (length > MAX_FORM_BYTES) return tooLarge
      chunks.push(chunk)
    }
  } catch {
    return cutOff
  }
  return new URLSearchParams(Buffer.concat(chunks).toString())
}
