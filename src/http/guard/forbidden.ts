// The response to a request that the user may not send: a page for people, the reason as text or JSON for programs.
import { type CannedResponse, completeResponse } from '../basic/responses.ts'
import { type ErrorResponder, wantsPage } from '../pages/error-responses.ts'
import type { RequestHead } from './request.ts'

// the paths that MLflow's clients and its pages use (mlflow/utils/rest_utils.py), with any --static-prefix before them
const MLFLOW_API = /\/(?:ajax-)?api\/\d+\.\d+\/|\/graphql$/

/**
 * The user is signed in, so there is no challenge; with one, browsers would ask for another password again and again.
 * MLflow's clients and pages show `message` of an error in MLflow's form (RestException, mlflow/exceptions.py).
 */
export function forbiddenResponse(
  errorResponse: ErrorResponder,
  { headers }: RequestHead,
  path: string,
  reason: string,
): CannedResponse {
  if (wantsPage(headers.accept) || !MLFLOW_API.test(path))
    return errorResponse('forbidden', headers.accept, { cause: reason })
  const body = JSON.stringify({ error_code: 'PERMISSION_DENIED', message: `403 Forbidden: ${reason}` })
  return completeResponse(403, 'application/json', `${body}\n`, {})
}
