// The client library for Redis, loaded only when it is used: an optional peer dependency.
import { HtpasswdError } from '../../errors.ts'
import type { RedisAddress } from './redis-address.ts'
import type { OpenClient, RedisClient } from './redis-connection.ts'

/** The part of `@redis/client` that is used, so that our types do not need its own. */
interface Library {
  createClient(options: object): LibraryClient
}
interface LibraryClient extends RedisClient {
  on(event: 'error', listener: (error: Error) => void): unknown
  connect(): Promise<unknown>
}

/** @throws HtpasswdError `ERR_OPTION` that says what to install. */
export async function loadRedisClient(
  load: () => Promise<unknown> = () => import('@redis/client'),
): Promise<Library> {
  try {
    return (await load()) as Library
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new HtpasswdError(
      'ERR_OPTION',
      '--redis-url needs the package @redis/client, which is not installed; install it beside htpasswd-kit: npm install @redis/client (with -g if htpasswd-kit was installed so)',
      { cause: error },
    )
  }
}

/** Connects to the server; with sentinels, to the master that they name at that moment. */
export function createOpenClient(library: Library, address: RedisAddress): OpenClient {
  const { url, sentinels } = address
  return async onLost => {
    if (sentinels === undefined) return connect(library, { url }, onLost)
    const { host, port } = await findMaster(library, sentinels, url)
    const master = new URL(url)
    master.hostname = host.includes(':') ? `[${host}]` : host
    master.port = String(port)
    return connect(library, { url: master.href }, onLost)
  }
}

async function connect(
  library: Library,
  options: object,
  onLost: (error: Error) => void,
): Promise<RedisClient> {
  const client = library.createClient({
    ...options,
    // every version of Redis, and Valkey, speaks RESP 2; redis-connection.ts reconnects, with sentinels and after
    // timeouts
    RESP: 2,
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    socket: { reconnectStrategy: false, connectTimeout: 1000, noDelay: true },
  })
  client.on('error', onLost)
  try {
    await client.connect()
  } catch (error) {
    client.destroy()
    throw error
  }
  return client
}

/** Asks the sentinels one after the other; the first answer decides. */
async function findMaster(
  library: Library,
  { servers, master }: NonNullable<RedisAddress['sentinels']>,
  url: string,
): Promise<{ host: string; port: number }> {
  const errors: string[] = []
  for (const { host, port } of servers) {
    const sentinel = await connect(
      library,
      { url: `${new URL(url).protocol}//${host.includes(':') ? `[${host}]` : host}:${port}` },
      () => {},
    ).catch((error: Error) => void errors.push(error.message))
    if (sentinel === undefined) continue
    try {
      const reply = await sentinel.sendCommand(['SENTINEL', 'get-master-addr-by-name', master])
      if (Array.isArray(reply)) return { host: String(reply[0]), port: Number(reply[1]) }
      errors.push(`the sentinel at ${host}:${port} knows no master ${master}`)
    } catch (error) {
      errors.push((error as Error).message)
    } finally {
      sentinel.destroy()
    }
  }
  throw new Error(errors.join('; '))
}
