// How often each file was read again, and when; counted by the process that reports changes.
import type { Snapshot } from './snapshot.ts'

/** A file that the guard reads again when it changes. */
export type FileKind = 'users' | 'groups' | 'rules' | 'tokens'

/** Called each time a file is read. @param isUsed false if the previous content stays in force. */
export type OnReload = (file: FileKind, isUsed: boolean) => void

export class Reloads {
  readonly #values: Record<string, number> = {}
  readonly #now: () => number

  /**
   * @param files the files that were read at the start.
   * @param now milliseconds since 1970.
   */
  constructor(files: readonly FileKind[], now: () => number = Date.now) {
    this.#now = now
    for (const file of files) {
      for (const result of ['ok', 'error'])
        this.#values[`htpasswd_file_reloads_total{file="${file}",result="${result}"}`] = 0
      this.#values[`htpasswd_file_last_reload_timestamp_seconds{file="${file}"}`] = now() / 1000
    }
  }

  readonly record: OnReload = (file, isUsed) => {
    const series = `htpasswd_file_reloads_total{file="${file}",result="${isUsed ? 'ok' : 'error'}"}`
    this.#values[series] = (this.#values[series] ?? 0) + 1
    const time = isUsed ? 'last_reload' : 'last_failed_reload'
    this.#values[`htpasswd_file_${time}_timestamp_seconds{file="${file}"}`] = this.#now() / 1000
  }

  snapshot(): Snapshot {
    return { ...this.#values }
  }
}
