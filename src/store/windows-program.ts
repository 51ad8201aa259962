// Where Windows' own programs are: by full path, or one of the same name in the current folder would be run.
import { join } from 'node:path'

export const systemProgram = (name: string, env: NodeJS.ProcessEnv = process.env): string =>
  join(env.SystemRoot ?? 'C:\\Windows', 'System32', `${name}.exe`)
