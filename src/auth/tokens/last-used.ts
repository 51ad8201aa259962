// When each token was last used, by day: kept in memory, written at most once a minute to a file beside the token file.

import { rewriteFile } from '../../store/rewrite.ts'
import { readSnapshot } from '../../store/snapshot.ts'

/** The path of the days. The file may be lost without harm, so it is not part of the token file. */
export const usedPath = (tokens: string): string => `${tokens}.used`

const WRITE_MILLISECONDS = 60_000
const DAY_MILLISECONDS = 86_400_000
const LINE = /^([0-9A-Za-z]{8}):(\d{4}-\d\d-\d\d)$/gm

/** Days as `2026-11-28` (UTC) by the ids of the tokens. */
export type UsedDays = ReadonlyMap<string, string>

const parseDays = (bytes: Buffer | undefined): Map<string, string> =>
  new Map([...(bytes?.toString('latin1') ?? '').matchAll(LINE)].map(([, id = '', day = '']) => [id, day]))

/** Reads the days; none if there is no such file. @throws HtpasswdError `ERR_FILE_ACCESS`. */
export const readLastUsed = async (tokens: string): Promise<UsedDays> =>
  parseDays((await readSnapshot(usedPath(tokens)))?.bytes)

/** Parts that a process or a test replaces. */
export interface LastUsedOptions {
  /** Ids of tokens that do not exist any more are dropped. */
  readonly exists: (id: string) => boolean
  /** Called for the first write that fails. The folder may be read-only; tokens still work. */
  readonly onError?: ((error: unknown) => void) | undefined
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: (() => number) | undefined
  /** Default: a timer that does not keep the process alive. */
  readonly setTimer?: ((callback: () => void, milliseconds: number) => void) | undefined
}

/** Records uses. */
export class LastUsed {
  readonly #path: string
  readonly #exists: (id: string) => boolean
  readonly #onError: (error: unknown) => void
  readonly #now: () => number
  readonly #setTimer: (callback: () => void, milliseconds: number) => void
  /** The number of the day, by id: only the first use of a day is recorded. */
  readonly #days = new Map<string, number>()
  #unwritten = new Map<string, number>()
  #writtenAt = Number.NEGATIVE_INFINITY
  #isWaiting = false
  #hasFailed = false

  /** @param tokens the path of the token file. */
  constructor(tokens: string, { exists, onError, now, setTimer }: LastUsedOptions) {
    this.#path = usedPath(tokens)
    this.#exists = exists
    this.#onError = onError ?? (() => {})
    this.#now = now ?? Date.now
    this.#setTimer = setTimer ?? ((callback, milliseconds) => setTimeout(callback, milliseconds).unref())
  }

  readonly note = (id: string): void => {
    const day = Math.floor(this.#now() / DAY_MILLISECONDS)
    if (this.#days.get(id) === day) return
    this.#days.set(id, day)
    this.#unwritten.set(id, day)
    if (this.#isWaiting) return
    this.#isWaiting = true
    const wait = Math.max(0, this.#writtenAt + WRITE_MILLISECONDS - this.#now())
    this.#setTimer(() => void this.flush(), wait)
  }

  /** Writes what has changed, merged with what other processes wrote to the same file. Never rejects. */
  async flush(): Promise<void> {
    this.#isWaiting = false
    if (this.#unwritten.size === 0) return
    const news = this.#unwritten
    this.#unwritten = new Map()
    this.#writtenAt = this.#now()
    try {
      await rewriteFile(this.#path, async bytes => merge(bytes, news, this.#exists), { create: true })
    } catch (error) {
      if (!this.#hasFailed) this.#onError(error)
      this.#hasFailed = true
    }
  }
}

async function merge(
  bytes: Buffer | undefined,
  news: ReadonlyMap<string, number>,
  exists: (id: string) => boolean,
) {
  const days = parseDays(bytes)
  for (const [id, day] of news) {
    const text = new Date(day * DAY_MILLISECONDS).toISOString().slice(0, 10)
    if (text > (days.get(id) ?? '')) days.set(id, text)
  }
  const lines = [...days].filter(([id]) => exists(id)).map(([id, day]) => `${id}:${day}\n`)
  const pieces = [Buffer.from(lines.join(''))]
  return bytes === undefined ? { result: undefined, pieces, mode: 0o600 } : { result: undefined, pieces }
}
