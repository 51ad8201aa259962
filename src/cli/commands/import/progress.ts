// How far the hashing is, on one line of a terminal that is drawn again and again, and taken away at the end.
import type { Io } from '../../terminal/io.ts'

/** Ten times a second; more would flicker and cost. */
const REDRAW_MILLISECONDS = 100
const CLEAR_LINE = '\r\x1b[K'

export interface Progress {
  update(done: number, total: number): void
  end(): void
}

/** @param now milliseconds that only grow. */
export function showProgress(io: Pick<Io, 'draw' | 'isTerminal'>, now = () => performance.now()): Progress {
  if (!io.isTerminal(2)) return { update: () => {}, end: () => {} }
  const start = now()
  let drawn: number | undefined
  return {
    update: (done, total) => {
      const time = now()
      if (drawn !== undefined && time - drawn < REDRAW_MILLISECONDS) return
      drawn = time
      const left = ((time - start) / done) * (total - done)
      const percent = Math.floor((100 * done) / total)
      io.draw(`${CLEAR_LINE}hashing: ${percent} %, ${done} of ${total}, ${durationOf(left)} left`)
    },
    end: () => {
      if (drawn !== undefined) io.draw(CLEAR_LINE)
    },
  }
}

function durationOf(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.ceil(seconds / 60)
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
