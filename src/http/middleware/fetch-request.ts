// Conversions from `Request` and to `Response`, for servers that are built on these.
import type { CannedResponse } from '../basic/responses.ts'
import type { Served } from '../guard/decision.ts'
import { readForm } from '../guard/form.ts'

/** The facts about a `Request`; its target is the text of its URL, compared as it is. */
export const factsOf = ({ method, url, headers }: Request, address: string | undefined) => ({
  method,
  target: url.replace(/^[a-z]+:\/\/[^/?#]*/i, '').replace(/#.*$/s, ''),
  headers: Object.fromEntries(headers),
  address,
})

export function toResponse(
  { method }: Request,
  { status, headers, cookies = [], body }: CannedResponse,
): Response {
  const fields = new Headers(headers)
  for (const cookie of cookies) fields.append('set-cookie', cookie)
  return new Response(method === 'HEAD' || body === '' ? null : body, { status, headers: fields })
}

/** The response of one of our endpoints. */
export async function serveRequest(
  { serve }: Served,
  { method, headers, body }: Request,
): Promise<CannedResponse> {
  if (method !== 'POST' || body === null) return serve(new URLSearchParams())
  const form = await readForm(headers.get('content-type') ?? '', body)
  return form instanceof URLSearchParams ? serve(form) : form
}
