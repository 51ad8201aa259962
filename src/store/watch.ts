// Notices that a file may have changed: by the system's events, and by a look every second where none come.
import { type FSWatcher, watch } from 'node:fs'
import { basename, dirname } from 'node:path'

/** What to call when the file changes. */
export interface WatchOptions {
  /** Called after the changed file was read. */
  readonly onChange?: () => void
  /** Called once when the file cannot be used any more; the users read last stay in force. */
  readonly onError?: (error: Error) => void
}

/** Network drives and links to other folders send no events. */
const POLL_MILLISECONDS = 1_000

/**
 * Calls `check` whenever the file may have changed, one call at a time.
 *
 * @param check resolves with whether it had changed; rejects if it cannot be used.
 */
export function watchPath(
  path: string,
  check: () => Promise<boolean>,
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
      const changed = await check()
      lastError = undefined
      if (changed && !ended) onChange?.()
    } catch (error) {
      // reported once, not every second
      if ((error as Error).message !== lastError && !ended) onError?.(error as Error)
      lastError = (error as Error).message
    } finally {
      running = false
    }
    if (again && !ended) await look()
  }
  const lookSoon = (): void => void look()
  const events = watchFolder(path, lookSoon)
  const timer = setInterval(lookSoon, POLL_MILLISECONDS)
  timer.unref()
  return {
    [Symbol.dispose]: () => {
      ended = true
      events?.close()
      clearInterval(timer)
    },
  }
}

/** The events of the file's folder: a file that a rename replaces is not the one that a watch of the file would see. */
function watchFolder(path: string, look: () => void): FSWatcher | undefined {
  try {
    const events = watch(dirname(path), { persistent: false }, (_event, name) => {
      if (name === null || name === basename(path)) look()
    })
    events.on('error', () => events.close())
    return events
  } catch {
    // EMFILE: no inotify instance is free; EACCES: the folder may not be listed. Looking every second remains
    return undefined
  }
}
