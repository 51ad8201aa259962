// A file's name within a command that we advise to type: in quotation marks where a shell would take it apart.

/** Double quotation marks, which every shell on Windows, macOS and Linux knows. */
export const shellWord = (word: string): string =>
  /^[\p{L}\d_./\\:@+,=-]+$/u.test(word) ? word : `"${word}"`
