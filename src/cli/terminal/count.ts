// Numbers with their noun, as messages say them.

/** `1 user`, `2 users`. */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`
