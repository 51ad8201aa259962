// Colours for whoever looks at a terminal, and for nobody else.
import { styleText } from 'node:util'
import type { Io } from './io.ts'

export type Paint = (style: 'green' | 'yellow' | 'red' | 'cyan' | 'bold', text: string) => string

/** Paints what goes to standard output; not where it is no terminal, nor where NO_COLOR is set (no-color.org). */
export function painter(io: Io): Paint {
  if (!io.isTerminal(1) || io.env.NO_COLOR) return (_, text) => text
  // the stream was looked at already, and is not always the process's own
  return (style, text) => styleText(style, text, { validateStream: false })
}
