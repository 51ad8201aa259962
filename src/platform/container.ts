// Whether this process runs in a container, whose 127.0.0.1 is its own.
import { existsSync } from 'node:fs'

/** Docker and Podman leave a file; containerd, which Kubernetes uses, does not, but each pod has the address of its API. */
export const isContainer = (
  env: NodeJS.ProcessEnv,
  exists: (path: string) => boolean = existsSync,
): boolean => env.KUBERNETES_SERVICE_HOST !== undefined || ['/.dockerenv', '/run/.containerenv'].some(exists)
