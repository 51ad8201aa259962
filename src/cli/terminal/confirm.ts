// Asks a question that is answered with yes or no.
import type { Io } from './io.ts'
import { askLine } from './prompt.ts'

/** Whether the answer was `y` or `yes`; everything else, the end of the input and Ctrl-C too, is no. */
export async function confirm(io: Io, question: string): Promise<boolean> {
  const answer = await askLine(io, `${question} [y/N] `)
  return /^y(es)?$/i.test(answer?.toString().trim() ?? '')
}
