// The exit statuses of the command, numbered as Apache's are; errors bring their own from errors.ts.

export const ExitStatus = {
  ok: 0,
  file: 1,
  syntax: 2,
  verification: 3,
  interrupted: 4,
  tooLong: 5,
  user: 6,
  invalidFile: 7,
  unverifiable: 9,
} as const

/** For the manual page and the documents. */
export const exitStatusMeanings: Readonly<Record<keyof typeof ExitStatus, string>> = {
  ok: 'done',
  file: 'the file could not be opened or written',
  syntax: 'a mistake in the arguments, or a password that cannot be stored',
  verification: 'the two passwords differ, the password is wrong, or bcrypt does not accept the cost',
  interrupted: 'no password was given: Ctrl-C, Ctrl-D, end of input',
  tooLong: 'user name, password or record too long',
  user: 'a user name that cannot be stored; with `-v`, an unknown user',
  invalidFile: 'not a password file, or UTF-16 text; with `-v`, an empty hash',
  unverifiable: 'a record that cannot be verified',
}
