// Measures two things alternately, so that other load on the machine affects both alike, and prints medians, because
// outliers are noise. The ratio is the median of the ratios of each turn: the machine's speed drifts by more than the
// difference that is measured.
export const median = numbers => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]

/** Microseconds per call, averaged over `calls`. */
export async function timeOf(run, calls) {
  const start = process.hrtime.bigint()
  for (let i = 0; i < calls; i++) await run()
  return Number(process.hrtime.bigint() - start) / 1000 / calls
}

/**
 * Prints both medians and the ratio of the first to the second.
 * `ours` and `theirs` return microseconds per call; the first run of each is a warm-up and not counted. With `control`,
 * `theirs` is also measured against itself: the distance of that ratio from 1 shows how far to trust the other one.
 */
export async function compare(name, { ours, theirs, runs, target, control = false }) {
  const sides = [ours, theirs, ...(control ? [theirs] : [])]
  const times = sides.map(() => [])
  for (let run = 0; run <= runs; run++) {
    for (let turn = 0; turn < sides.length; turn++) {
      // each side is first equally often
      const side = (run + turn) % sides.length
      const time = await sides[side]()
      if (run > 0) times[side].push(time)
    }
  }
  const [mine, other, itself] = times
  const ratioOf = side => median(side.map((time, run) => time / other[run]))
  const ratio = ratioOf(mine)
  const digits = control ? 3 : 2
  const figures = [show(median(mine)), show(median(other)), ratio.toFixed(digits).padStart(7)]
  const text = [name.padEnd(34), ...figures, `  target ${target}`]
  if (control) text.push(` (theirs to itself ${ratioOf(itself).toFixed(digits)})`)
  console.log(text.join(' '))
  return ratio
}

const show = microseconds =>
  (microseconds < 1000 ? `${microseconds.toFixed(1)} us` : `${(microseconds / 1000).toFixed(2)} ms`).padStart(
    11,
  )
