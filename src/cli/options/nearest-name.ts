// Finds the known name that a misspelled one was most likely meant to be.
import { distance } from 'fastest-levenshtein'

/** Undefined if no name is similar: more than a third of its characters would have to change. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map(candidate => ({ candidate, changes: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.changes - b.changes)
  if (best === undefined) return undefined
  return best.changes <= Math.max(2, Math.floor(best.candidate.length / 3)) ? best.candidate : undefined
}

/**
 * Finds the name that a word misspells: one letter is missing, added, wrong or swapped with the next one; two such
 * errors in a name of seven letters or more. Stricter than `nearestName`, because the word may be correct.
 */
export const mistypedName = (word: string, known: readonly string[]): string | undefined =>
  known.find(name => {
    const [typed, meant] = [word.toLowerCase(), name.toLowerCase()]
    if (typed.length < 2 || typed === meant) return typed === meant
    return distance(typed, meant) <= (meant.length < 7 ? 1 : 2) || isExchanged(typed, meant)
  })

/** Whether two neighbouring letters are exchanged. */
function isExchanged(typed: string, meant: string): boolean {
  const at = [...typed].findIndex((letter, i) => letter !== meant[i])
  const exchanged = typed.slice(0, at) + (typed[at + 1] ?? '') + (typed[at] ?? '') + typed.slice(at + 2)
  return exchanged === meant
}
