// The list of ended sessions in a file, so that a restart with the same secret does not bring them back.
import { closeSync, fstatSync, openSync, readFileSync, readSync, renameSync, writeFileSync } from 'node:fs'
import { isMissing, readError } from '../../store/file-error.ts'
import { acquireLock, type Lock } from '../../store/lock.ts'
import { newFile } from '../../store/side-files.ts'
import type { EndedList, EndedSession, EndedSessions } from './ended-sessions.ts'

const LINE = /^([A-Za-z0-9_-]{22}) (\d{1,15}) (\d{1,15})$/
/** Other servers hold the lock for one write. */
const LOCK_TIMEOUT_MS = 5000

const lineOf = ({ id, signedInAt, until }: EndedSession): string => `${id} ${signedInAt} ${until}\n`

/**
 * Remembers in a list, and in a file of lines with id, begin and end. It holds no secret, and nothing about users. Several
 * servers may write it: each under its lock, because one that starts replaces it.
 */
export class EndedFile implements EndedSessions {
  readonly #path: string
  readonly #list: EndedList
  readonly #onError: (error: unknown) => void
  #unwritten: EndedSession[] = []
  #written: Promise<void> = Promise.resolve()

  /**
   * Reads the file if there is one, and writes it again without the sessions that have ended by themselves.
   *
   * @throws HtpasswdError `ERR_FILE_ACCESS` if it cannot be read: sessions that were signed out would come back.
   */
  constructor(path: string, list: EndedList, onError: (error: unknown) => void) {
    this.#path = path
    this.#list = list
    this.#onError = onError
    const { sessions, hasOthers } = readSessions(path)
    for (const session of sessions) list.add(session)
    if (hasOthers || sessions.some(session => list.isOver(session))) this.#enqueue(this.#compact)
  }

  has(id: string, signedInAt: number): boolean {
    return this.#list.has(id, signedInAt)
  }

  async add(session: EndedSession): Promise<boolean> {
    this.#list.add(session)
    // the next write contains all sessions that are added until it begins
    if (this.#unwritten.push(session) === 1) this.#enqueue(this.#append)
    await this.#written
    return true
  }

  entries(): EndedSession[] {
    return this.#list.entries()
  }

  /** Runs one write after the other, each with the lock, or without it in a folder that allows none. */
  #enqueue(write: (lock: Lock | undefined) => void): void {
    this.#written = this.#written.then(async () => {
      const lock = await acquireLock(this.#path, LOCK_TIMEOUT_MS).catch(() => undefined)
      try {
        write(lock)
      } catch (error) {
        this.#onError(error)
      } finally {
        lock?.release()
      }
    })
  }

  readonly #append = (): void => {
    appendLines(this.#path, this.#unwritten.splice(0).map(lineOf).join(''))
  }

  /** Starts from the current content of the file, because another server may have written since it was read. */
  readonly #compact = (lock: Lock | undefined): void => {
    // a longer file than needed is still correct
    if (lock === undefined) return
    const current = readSessions(this.#path).sessions.filter(session => !this.#list.isOver(session))
    const next = newFile(this.#path, lock.id)
    writeFileSync(next, current.map(lineOf).join(''), { mode: 0o600 })
    renameSync(next, this.#path)
  }
}

/** @throws HtpasswdError `ERR_FILE_ACCESS` */
function readSessions(path: string): { sessions: EndedSession[]; hasOthers: boolean } {
  let text: string
  try {
    text = readFileSync(path, 'latin1')
  } catch (error) {
    if (isMissing(error)) return { sessions: [], hasOthers: false }
    throw readError(error, path)
  }
  const lines = text.split('\n')
  const sessions = lines.flatMap(line => {
    const [, id, signedInAt, until] = LINE.exec(line) ?? []
    // the last line may be incomplete, if a writer was killed
    return id === undefined ? [] : [{ id, signedInAt: Number(signedInAt), until: Number(until) }]
  })
  return { sessions, hasOthers: sessions.length < lines.length - 1 }
}

/** Appends lines, on a new line after an incomplete one. */
function appendLines(path: string, text: string): void {
  const file = openSync(path, 'a+', 0o600)
  try {
    const { size } = fstatSync(file)
    const last = Buffer.alloc(1)
    if (size > 0) readSync(file, last, 0, 1, size - 1)
    writeFileSync(file, size > 0 && last.toString() !== '\n' ? `\n${text}` : text)
  } finally {
    closeSync(file)
  }
}
