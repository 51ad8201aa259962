// --redis-url: where Redis or Valkey is, directly or by way of sentinels.
import { HtpasswdError } from '../../errors.ts'

/** A server's address with its password, so it must never be printed as a whole. */
export interface RedisAddress {
  /** `redis:`, `rediss:` or `unix:`; for sentinels, the URL of the first one. */
  readonly url: string
  /** For messages: without user and password. */
  readonly name: string
  readonly sentinels?: {
    readonly servers: readonly { host: string; port: number }[]
    readonly master: string
  }
}

const URL_FORMS =
  'redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE], rediss:// for TLS, unix:///PATH, or redis+sentinel://HOST:PORT,HOST:PORT/MASTER'

const SENTINEL = /^(rediss?)\+sentinel:\/\/(?:([^@/]*)@)?([^/@]+)\/([^/?#]+)(\/\d+)?$/
const SENTINEL_PORT = 26_379

/** @throws HtpasswdError `ERR_OPTION`; its message does not repeat the text, which may have a password. */
export function parseRedisUrl(text: string): RedisAddress {
  const viaSentinels = SENTINEL.exec(text)
  if (viaSentinels !== null) {
    const [, scheme, login = '', hosts = '', master = '', database = ''] = viaSentinels
    const servers = hosts.split(',').map(host => new URL(validUrl(`redis://${host}`)))
    return {
      url: validUrl(`${scheme}://${login === '' ? '' : `${login}@`}master.invalid${database}`),
      name: `${decodeURIComponent(master)} of the sentinels ${hosts}`,
      sentinels: {
        servers: servers.map(({ hostname, port }) => ({
          host: bare(hostname),
          port: Number(port || SENTINEL_PORT),
        })),
        master: decodeURIComponent(master),
      },
    }
  }
  const url = new URL(validUrl(text))
  if (url.protocol === 'unix:') return { url: text, name: url.pathname }
  return { url: text, name: `${url.hostname}:${url.port || 6379}` }
}

const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1')

function validUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isNetwork = url !== undefined && /^rediss?:$/.test(url.protocol) && /^(\/\d*)?$/.test(url.pathname)
  if (
    url !== undefined &&
    (isNetwork ? url.hostname !== '' : url.protocol === 'unix:' && url.pathname.length > 1)
  )
    return text
  throw new HtpasswdError('ERR_OPTION', `expected ${URL_FORMS}`)
}
