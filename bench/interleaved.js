// Measures two things alternately, so that other load on the machine affects both alike, and prints medians, because
// outliers are noise. The ratio is the median of the ratios of each turn: the machine's speed drifts by more than the
// difference that is measured.
export const median = numbers => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]

/**
 * The results of all sides, round by round. Each side is first equally often; the first round is a warm-up and left out.
 *
 * @param measure is called with a side; may return a promise.
 */
export async function inRounds(count, sides, measure) {
  const rounds = []
  for (let round = 0; round <= count; round++) {
    const results = []
    for (let turn = 0; turn < sides.length; turn++) {
      const side = (round + turn) % sides.length
      results[side] = await measure(sides[side])
    }
    if (round > 0) rounds.push(results)
  }
  return rounds
}

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
  const rounds = await inRounds(runs, sides, side => side())
  const time = side => median(rounds.map(round => round[side]))
  const ratioOf = side => median(rounds.map(round => round[side] / round[1]))
  const ratio = ratioOf(0)
  const digits = control ? 3 : 2
  const figures = [show(time(0)), show(time(1)), ratio.toFixed(digits).padStart(7)]
  const text = [name.padEnd(34), ...figures, `  target ${target}`]
  if (control) text.push(` (theirs to itself ${ratioOf(2).toFixed(digits)})`)
  console.log(text.join(' '))
  return ratio
}

const show = microseconds =>
  (microseconds < 1000 ? `${microseconds.toFixed(1)} us` : `${(microseconds / 1000).toFixed(2)} ms`).padStart(
    11,
  )
