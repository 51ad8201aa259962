// Builds the Dockerfiles of docs/deploy with buildah, which needs no daemon, and starts what came of it as their last lines
// say: that user, that command, that environment, on a read-only file system. There is no registry here, so the base images are
// stand-ins of the same names, made of this machine's Node and C libraries.
import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { root } from '../docs/repository.ts'
import { type Program, startProgram } from '../support/outside-program.ts'

/** What `docker run` would take from the image. */
interface ImageConfig {
  readonly User: string
  readonly Env: readonly string[]
  readonly Entrypoint: readonly string[]
  readonly StopSignal?: string
}

export class Images implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'htpasswd-images-'))

  #buildah(...args: readonly string[]): string {
    const storage = [
      '--storage-driver',
      'vfs',
      '--root',
      join(this.#folder, 'root'),
      '--runroot',
      join(this.#folder, 'run'),
    ]
    return execFileSync('buildah', [...storage, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 120_000,
    }).trim()
  }

  /** Makes the stand-in of a base image: programs with the libraries that they need, and files. */
  base(
    name: string,
    programs: Readonly<Record<string, string>>,
    add: (rootfs: string) => void = () => {},
  ): void {
    const context = mkdtempSync(join(this.#folder, 'base-'))
    const rootfs = join(context, 'rootfs')
    mkdirSync(join(rootfs, 'tmp'), { recursive: true })
    const copy = (from: string, to: string): void => {
      mkdirSync(dirname(join(rootfs, to)), { recursive: true })
      copyFileSync(realpathSync(from), join(rootfs, to))
    }
    for (const [path, program] of Object.entries(programs)) {
      if (path !== '') copy(program, path)
      const libraries = execFileSync('ldd', [program], { encoding: 'utf8' }).match(/\/\S+/g) ?? []
      for (const library of libraries) copy(library, library)
    }
    add(rootfs)
    writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nCOPY rootfs/ /\n')
    this.#buildah('bud', '--isolation', 'chroot', '-q', '-t', name, context)
  }

  /** Builds one of docs/deploy in a folder of these files; returns a working container of it. */
  build(dockerfile: string, files: Readonly<Record<string, string>>): Container {
    const context = mkdtempSync(join(this.#folder, 'context-'))
    for (const [name, from] of Object.entries(files)) cpSync(from, join(context, name))
    const path = join(context, 'Dockerfile')
    copyFileSync(join(root, 'docs/deploy', dockerfile), path)
    const image = this.#buildah('bud', '--isolation', 'chroot', '--pull-never', '-q', '-f', path, context)
    const name = this.#buildah('from', '--pull-never', image)
    const { OCIv1 } = JSON.parse(this.#buildah('inspect', name))
    return { config: OCIv1.config, root: this.#buildah('mount', name) }
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

export interface Container {
  readonly config: ImageConfig
  /** Its file system. */
  readonly root: string
}

const MOUNT = `
root=$1 user=$2 auth=$3; shift 3
mount --bind "$root" "$root"
mount --bind "$auth" "$root/auth"
mount -t tmpfs tmpfs "$root/tmp"
mount -o remount,bind,ro "$root"
exec chroot --userspec="$user" "$root" "$@"`

/** Runs it as process 1 of its own, with `auth` as /auth; a signal to the group reaches it alone. @param args in place of CMD. */
export function runImage(
  { config, root }: Container,
  auth: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Program {
  mkdirSync(join(root, 'auth'), { recursive: true })
  const own = Object.fromEntries(
    config.Env.map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
  const command = [
    ...['--mount', '--pid', '--fork', '--kill-child'],
    'sh',
    '-ec',
    MOUNT,
    'sh',
    root,
    config.User,
    auth,
    ...config.Entrypoint,
    ...args,
  ]
  return startProgram('unshare', command, { env: { PATH: process.env.PATH, ...own, ...env } })
}
