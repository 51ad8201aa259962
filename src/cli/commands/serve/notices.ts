// The messages of a running guard: text for people, one JSON object a line with `--log json`, only warnings with `--quiet`.

/** Tells the operator something; a text that begins with `warning: ` is a warning. The fields are for programs. */
export type Notify = (text: string, fields?: Readonly<Record<string, unknown>>) => void

const WARNING = 'warning: '

export function createNotify(
  write: (line: string) => void,
  { json = false, quiet = false, now = () => new Date() } = {},
): Notify {
  return (text, fields = {}) => {
    const isWarning = text.startsWith(WARNING)
    if (quiet && !isWarning) return
    if (!json) {
      write(`${text}\n`)
      return
    }
    const message = isWarning ? text.slice(WARNING.length) : text
    const level = isWarning ? 'warning' : 'info'
    write(`${JSON.stringify({ time: now().toISOString(), level, message, ...fields })}\n`)
  }
}
