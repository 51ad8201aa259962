// What is said on Windows where a password file was made that nobody else can read.
import { shellWord } from './terminal/shell-word.ts'

/** Said once, when the file is made: a server that runs under an account of its own has to be let in. */
export const privateFile = (file: string): string =>
  `Only you, Administrators and SYSTEM can read ${file}; let a server's account in with: icacls ${shellWord(file)} /grant ACCOUNT:R\n`
