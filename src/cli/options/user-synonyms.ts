// Options that people try on the commands for users, and what to use instead.

const WITHOUT_OPTION = 'write the file and the user without options: FILE USER'
const ASKED_FOR =
  'the password is asked for; a script gives it with --password-file, --password-env or --password-fd'
const BCRYPT =
  'a new hash is bcrypt of cost 12; for others use the letters of Apache: htpasswd -B -C 10 FILE USER'
const IN_GROUP = 'groups have a file of their own: htpasswd group add FILE GROUP USER'
const NOTHING_ASKED = 'nothing is asked; leave it out'

type Synonyms = Readonly<Record<string, string>>

const each = (names: string, hint: string): Synonyms =>
  Object.fromEntries(names.split(' ').map(name => [name, hint]))

const ofUser = each('u user username name login n f file users htpasswd passwdfile', WITHOUT_OPTION)

export const removeSynonyms: Synonyms = {
  ...ofUser,
  ...each('all a', 'users are removed by name: htpasswd remove FILE USER ...'),
  ...each('force y yes q quiet', NOTHING_ASKED),
}

/** The synonyms of `add` and `passwd`. */
export const passwordSynonyms: Synonyms = {
  ...ofUser,
  ...each('password pass passwd pw pwd secret p b', ASKED_FOR),
  ...each('stdin password-stdin i', '--password-fd 0, for standard input'),
  ...each('bcrypt cost rounds algorithm algo hash md5 apr1 sha sha512 B C m s d r', BCRYPT),
  ...each('random auto gen g', '--generate, or --generate words'),
  ...each('create c', 'htpasswd add creates a missing file by itself; leave it out'),
  ...each('group groups role admin viewer reader readonly', IN_GROUP),
  ...each('force y yes', NOTHING_ASKED),
  token: 'a token is made with: htpasswd token add FILE USER --name TEXT',
}

export const tokenSynonyms: Synonyms = {
  ...each('u username owner f file', WITHOUT_OPTION),
  ...each('expires expiry expire ttl lifetime valid', '--days DAYS'),
  ...each('label description comment title n', '--name TEXT'),
  ...each('read-only readonly read', '--scope read'),
  ...each('all a', '--user USER, for all tokens of a user'),
}

export const exportSynonyms: Synonyms = {
  ...each('to target type format as f t', '--for kubernetes, traefik, caddy or compose'),
  ...each('k8s kubernetes secret', '--for kubernetes'),
  ...each('traefik', '--for traefik'),
  ...each('caddy', '--for caddy'),
  ...each('compose docker docker-compose', '--for compose'),
  ...each('o out output', 'the result is printed; write it to a file with > FILE'),
}

export const listSynonyms: Synonyms = {
  ...each('f file', 'name the file without an option: htpasswd list FILE'),
  ...each('u user username', 'write a user behind the file: htpasswd list FILE USER'),
  ...each('format output o', '--json, or --names'),
  ...each('q quiet 1', '--names'),
}

export const checkSynonyms: Synonyms = {
  ...each('server target with', '--for SERVER'),
  ...each('f file', 'name the file without an option: htpasswd check FILE'),
  ...each('strict strong', '--strength strong'),
}

export const fixSynonyms: Synonyms = {
  ...each('backup bak', 'the file as it was is always kept, as FILE.bak'),
  ...each('force f write', '--yes'),
  ...each('check n', '--dry-run'),
}
