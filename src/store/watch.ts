// Notices that a file may have changed: by the system's events where they come, by a look every second where they do not.
import { watch } from 'node:fs'
import { basename, dirname } from 'node:path'

/** What to call when the file changes. */
export interface WatchOptions {
  /** Called after the changed file was read. */
  readonly onChange?: () => void
  /** Called if the changed file cannot be used; the last good content stays in use. */
  readonly onError?: (error: Error) => void
}

/** Network drives and links to other folders send no events. */
const POLL_MILLISECONDS = 1_000

/** Calls `reload` whenever the file may have changed, one call at a time. */
export function watchPath(
  path: string,
  reload: () => Promise<boolean>,
  { onChange, onError }: WatchOptions,
): Disposable {
  let running = false
  let again = false
  let lastError: string | undefined
  let ended = false
  const look = async (): Promise<void> => {
    again = running
    if (running) return
    running = true
    try {
      const changed = await reload()
      lastError = undefined
      if (changed && !ended) onChange?.()
    } catch (error) {
      // said once, not every second
      if ((error as Error).message !== lastError && !ended) onError?.(error as Error)
      lastError = (error as Error).message
    } finally {
      running = false
    }
    if (again && !ended) await look()
  }
  const lookSoon = (): void => void look()

  // the folder, since a file that is replaced by a rename is not the one that was watched
  const events = watch(dirname(path), { persistent: false }, (_event, name) => {
    if (name === null || name === basename(path)) lookSoon()
  })
  events.on('error', () => events.close())
  const timer = setInterval(lookSoon, POLL_MILLISECONDS)
  timer.unref()
  return {
    [Symbol.dispose]: () => {
      ended = true
      events.close()
      clearInterval(timer)
    },
  }
}
