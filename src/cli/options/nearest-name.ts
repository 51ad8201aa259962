// The known name that a misspelt one was most likely meant to be.
import { distance } from 'fastest-levenshtein'

/** Undefined if no name is similar: more than a third of its characters would have to change. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map(candidate => ({ candidate, changes: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.changes - b.changes)
  if (best === undefined) return undefined
  return best.changes <= Math.max(2, Math.floor(best.candidate.length / 3)) ? best.candidate : undefined
}
