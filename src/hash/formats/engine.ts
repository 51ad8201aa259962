// A package that computes hashes: loaded with the first of them, kept for the others.

type Hash = string | Promise<string>

/** Gives a function that calls another one with the package; at once where it is loaded. */
export function lazyEngine<Engine>(load: () => Promise<Engine>): (use: (engine: Engine) => Hash) => Hash {
  let engine: Engine | undefined
  return use => {
    if (engine !== undefined) return use(engine)
    return load().then(loaded => {
      engine = loaded
      return use(loaded)
    })
  }
}
