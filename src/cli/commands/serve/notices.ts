// The messages of a running guard: text for people, one JSON object a line with `--log json`, only warnings with `--quiet`.

/** Sends a message to the operator; a text that begins with `warning: ` is a warning. The fields are for programs. */
export type Notify = (text: string, fields?: Readonly<Record<string, unknown>>) => void

/** The level of a message, by the beginning of its text. */
const LEVELS = { 'warning: ': 'warning', 'error: ': 'error' } as const

export function createNotify(
  write: (line: string) => void,
  { json = false, quiet = false, now = () => new Date() } = {},
): Notify {
  return (text, fields = {}) => {
    const [prefix, level] = Object.entries(LEVELS).find(([start]) => text.startsWith(start)) ?? ['', 'info']
    if (quiet && level === 'info') return
    if (!json) {
      write(`${text}\n`)
      return
    }
    const message = text.slice(prefix.length)
    write(`${JSON.stringify({ time: now().toISOString(), level, message, ...fields })}\n`)
  }
}
