// Each request from its head to its end: counted, decided, carried out, logged.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ErrorResponder } from '../pages/error-responses.ts'
import type { Forward } from '../proxy/embedded.ts'
import { Exchange } from '../proxy/exchange.ts'
import type { OpenStreams } from '../proxy/open-streams.ts'
import type { ClientUpgrade } from '../proxy/upgrade.ts'
import { type AccessLogEntry, logEntryWithoutRequest } from './access-log.ts'
import type { ClientFacts } from './client-address.ts'
import { type ConnectionLimit, PIPELINED } from './connection-limit.ts'
import type { Decide } from './decide.ts'
import { type Decision, type Served, tooManyConnections } from './decision.ts'
import type { EndpointResponse } from './endpoints.ts'
import { readFormOf } from './form.ts'
import { closeWithConnection, UNAUTHENTICATED_IDLE_MILLISECONDS } from './server.ts'

/** The parts that depend on options that may change while the guard runs. */
interface RequestParts {
  readonly errorResponse: ErrorResponder
  readonly findClient: (req: IncomingMessage) => ClientFacts
  readonly decide: Decide
  readonly forward: Forward
}

/** The state that all requests of a guard share. */
export interface GuardState {
  readonly connections: ConnectionLimit
  readonly streams: OpenStreams
  /** The parts of the current options. */
  parts(): RequestParts
  /** Whether each response ends its connection, because the guard is stopping. */
  isClosing(): boolean
  /** Called at the start of each request. */
  readonly onBegin: (() => void) | undefined
  /** Logs a finished request; the entry is made only if there is a log. */
  write(entry: () => AccessLogEntry): void
}

/** Handles the requests of a guard's server. */
export interface RequestHandler {
  /**
   * Begins an exchange, which is logged however it ends; undefined if the connection has too many pipelined requests.
   */
  begin(req: IncomingMessage, res: ServerResponse, expectsContinue: boolean): Exchange | undefined
  /** Begins an exchange, decides about it, and carries out the decision. */
  serve(req: IncomingMessage, res: ServerResponse, expectsContinue: boolean, upgrade?: ClientUpgrade): void
}

export function createRequestHandler(state: GuardState): RequestHandler {
  const { connections, streams, parts, isClosing, write } = state

  const begin = (
    req: IncomingMessage,
    res: ServerResponse,
    expectsContinue: boolean,
  ): Exchange | undefined => {
    const { socket } = req
    // after the connection was closed, the parser still emits what it has read
    if (socket.destroyed) return undefined
    const client = parts().findClient(req)
    const admission = connections.begin(socket)
    if (admission === 'pipelined') {
      socket.destroy()
      const { address } = client
      write(() => logEntryWithoutRequest({ address, reason: 'pipelining', cause: PIPELINED }))
      return undefined
    }
    if (client.proxied) connections.markAuthenticated(socket)
    const exchange = new Exchange(req, res, client, {
      expectsContinue,
      closes: isClosing(),
      now: performance.now(),
    })
    state.onBegin?.()
    // also emitted at the end of an upgraded connection
    res.once('close', () => {
      streams.delete(exchange)
      // abort the app's work at once when the client disconnects: it may be paying for every word (MLflow's gateway)
      if (!res.writableFinished) exchange.abortUpstream()
      if (connections.end(socket) && !socket.writableEnded)
        socket.setTimeout(UNAUTHENTICATED_IDLE_MILLISECONDS)
      write(() => exchange.toLogEntry(performance.now()))
    })
    if (res.socket === null) closeWithConnection(res, socket)
    if (admission === 'admitted' || client.proxied) return exchange
    exchange.carryOut(tooManyConnections(parts().errorResponse, req))
    return undefined
  }

  const serve = (
    req: IncomingMessage,
    res: ServerResponse,
    expectsContinue: boolean,
    upgrade?: ClientUpgrade,
  ): void => {
    const exchange = begin(req, res, expectsContinue)
    if (exchange === undefined) return
    const carryOut = (decision: Decision): void => {
      if (decision.identity !== undefined) connections.markAuthenticated(req.socket)
      if ('respond' in decision) {
        exchange.carryOut(decision)
        return
      }
      exchange.decide(decision)
      if (res.destroyed) return
      if ('serve' in decision) {
        serveEndpoint(exchange, decision, connections).catch(fail)
        return
      }
      streams.add(exchange)
      parts().forward.send(exchange, decision, upgrade)
    }
    // Nothing here throws because of what a client sends; this keeps a bug from ending the process.
    const fail = (error: unknown): void => {
      warn(error)
      res.destroy()
    }
    try {
      const decision = parts().decide(req, { client: exchange.client, upgrade: upgrade !== undefined })
      if (decision instanceof Promise) decision.then(carryOut).catch(fail)
      else carryOut(decision)
    } catch (error) {
      fail(error)
    }
  }

  return { begin, serve }
}

/** Responds at one of the guard's own endpoints. */
async function serveEndpoint(
  exchange: Exchange,
  { serve, reason }: Served,
  connections: ConnectionLimit,
): Promise<void> {
  const { req, res, expectsContinue } = exchange
  const takesForm = req.method === 'POST'
  if (takesForm && expectsContinue) res.writeContinue()
  connections.setSendsForm(req.socket, takesForm)
  const form = takesForm ? await readFormOf(req) : new URLSearchParams()
  connections.setSendsForm(req.socket, false)
  const response: EndpointResponse = form instanceof URLSearchParams ? await serve(form) : form
  if (response.identity !== undefined) {
    exchange.identify(response.identity)
    connections.markAuthenticated(req.socket)
  }
  exchange.recordAttempt(response.attempted)
  if (!res.destroyed) exchange.respond(response, response.reason ?? reason)
}

/** Reports an error of the program around the guard, such as its log function. */
export const warn = (error: unknown): void =>
  process.emitWarning(error instanceof Error ? error : String(error))
