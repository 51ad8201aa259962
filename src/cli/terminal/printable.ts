// A name as a terminal may be shown it: control characters could move its cursor or change what was written before.

/** Control characters, and bytes that are no UTF-8 (lone surrogates, see username.ts), as `\xNN`. */
export const printable = (name: string): string =>
  name.replace(/[\x00-\x1f\x7f-\x9f]|[\udc80-\udcff]/gu, character => {
    const code = character.charCodeAt(0)
    return `\\x${(code & 0xff).toString(16).padStart(2, '0')}`
  })
