// A stand-in of Kubernetes' API server: it lists resources and never changes them. Enough for a controller to start with.
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A resource as in a manifest. */
export interface Resource {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly [key: string]: unknown }
  readonly [key: string]: unknown
}

/** A Service, and the one Pod behind it: a program of this machine. */
export const serviceOf = (name: string, port: number, targetPort: number): Resource[] => [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: {
      type: 'ClusterIP',
      clusterIP: '10.0.0.1',
      ports: [{ name: 'http', port, targetPort, protocol: 'TCP' }],
    },
  },
  {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: targetPort, protocol: 'TCP' }],
    endpoints: [{ addresses: ['127.0.0.1'], conditions: { ready: true } }],
  },
]

const pluralOf = (kind: string): string => kind.toLowerCase() + (kind.endsWith('s') ? 'es' : 's')

export class KubernetesApi implements AsyncDisposable {
  readonly #resources: readonly Resource[]
  readonly #server = createServer((request, response) =>
    this.#answer(new URL(request.url ?? '', 'http://x'), response),
  )

  /** All of them are in the namespace `default`. */
  constructor(resources: readonly Resource[]) {
    this.#resources = resources.map((resource, i) => ({
      ...resource,
      metadata: { namespace: 'default', uid: String(i), resourceVersion: '1', ...resource.metadata },
    }))
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  #answer({ pathname, searchParams }: URL, response: ServerResponse): void {
    const [, version, plural] =
      /^\/(?:api|apis)\/((?:[^/]+\/)?v\w+)\/(?:namespaces\/[^/]+\/)?([a-z]+)$/.exec(pathname) ?? []
    const send = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    if (version === undefined) {
      send(404, { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404 })
    } else if (searchParams.has('sendInitialEvents')) {
      // the client falls back to a list and a watch
      send(422, { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Invalid', code: 422 })
    } else if (searchParams.has('watch')) {
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
    } else {
      const items = this.#resources.filter(
        ({ apiVersion, kind }) => apiVersion === version && pluralOf(kind) === plural,
      )
      // without a kind, the client takes the one that it expects
      send(200, { metadata: { resourceVersion: '1' }, items })
    }
  }
}
