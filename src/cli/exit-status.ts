// The exit statuses of the command, numbered as Apache's are; errors bring their own from errors.ts.

export const ExitStatus = {
  ok: 0,
  /** The file could not be opened or written. */
  file: 1,
  syntax: 2,
  /** The two passwords differ, the password is wrong, or a cost that bcrypt refuses. */
  verification: 3,
  interrupted: 4,
  tooLong: 5,
  /** A bad user name, or `-v` of a user who is not there. */
  user: 6,
  /** Not a valid htpasswd file. */
  invalidFile: 7,
  /** A record that cannot be checked. */
  unverifiable: 9,
} as const
