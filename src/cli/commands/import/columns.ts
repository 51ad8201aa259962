// The names that tell what a column of CSV or a key of JSON holds: users, passwords, hashes.

/** The best first: where a table has both a login and a name, the name is that of a person. */
const USER_NAMES = ['user', 'username', 'login', 'name']

export interface Columns<Key> {
  readonly user: Key
  readonly password: Key | undefined
  readonly hash: Key | undefined
  /** As they are written there. */
  readonly unused: readonly string[]
}

/**
 * @param names in any letter case.
 * @returns undefined where none is that of users.
 */
export function columnsOf<Key>(names: Iterable<readonly [Key, string]>): Columns<Key> | undefined {
  const all = [...names].map(([key, written]) => ({ key, written, name: written.trim().toLowerCase() }))
  const find = (...wanted: string[]) =>
    wanted.map(one => all.find(({ name }) => name === one)).find(found => found !== undefined)
  const [user, password, hash] = [find(...USER_NAMES), find('password'), find('hash')]
  if (user === undefined) return undefined
  const used = [user, password, hash]
  const unused = all.filter(one => !used.includes(one)).map(({ written }) => written.trim())
  return { user: user.key, password: password?.key, hash: hash?.key, unused }
}
