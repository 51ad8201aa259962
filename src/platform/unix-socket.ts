// Unix domain sockets by name: the ways to write one, and how long its path may be.
import { resolve } from 'node:path'

/** The size of `sun_path` without its final NUL: unix(7), and <sys/un.h> of macOS and the BSDs. */
const maxPathBytes = (platform: NodeJS.Platform): number => (platform === 'linux' ? 107 : 103)

/**
 * The path in the name of a Unix domain socket; undefined for text that is none.
 *
 * `unix:/run/app.sock` is what gunicorn and HTTP servers write, `unix:///run/app.sock` Docker, `unix//run/app.sock` Caddy,
 * `http://unix:/run/app.sock:/` nginx. A relative path counts from the working directory.
 *
 * @throws Error for a name that cannot be used here: on Windows, too long, abstract, with a path behind it. Its message
 *   begins with `expected`.
 */
export function readSocketName(text: string, platform = process.platform): string | undefined {
  const [, name] = /^(?:http:\/\/)?unix:(.*)$/s.exec(text) ?? /^unix\/(\/.*)$/s.exec(text) ?? []
  if (name === undefined) return undefined
  const got = `got ${JSON.stringify(text)}`
  if (platform === 'win32') {
    throw new Error(
      `expected a port, because Node.js has no Unix sockets on Windows, ${got}; use 127.0.0.1:PORT`,
    )
  }
  const [, given = '', target = ''] = /^(?:\/\/(?=\/))?(.*?)(?::(\/.*)?)?$/s.exec(name) ?? []
  if (given.startsWith('@') || given.includes('\0')) {
    throw new Error(
      `expected the path of a socket, because an abstract one has no permissions, ${got}; use unix:/run/NAME.sock`,
    )
  }
  if (given === '' || /\/$|^\/\//.test(given)) {
    throw new Error(`expected the path of a socket such as unix:/run/app.sock, ${got}`)
  }
  if (target !== '' && target !== '/') {
    throw new Error(
      `expected a socket without a path behind it, such as unix:${given}, ${got}; to serve the app below a path use a prefix`,
    )
  }
  const path = resolve(given)
  const length = Buffer.byteLength(path)
  // longer ones are cut off without an error
  if (length > maxPathBytes(platform)) {
    throw new Error(
      `expected a path of at most ${maxPathBytes(platform)} bytes, which is what the system takes for a socket, got ${length} in ${path}`,
    )
  }
  return path
}

/** How messages name a socket. */
export const socketName = (path: string): string => `unix:${path}`
