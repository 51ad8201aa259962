// Which column of CSV or key of JSON holds what, by its name in any common wording or language; and what is a header.

type Role = 'user' | 'password' | 'hash'

/** The best first: in a table with a login and a name, the name is that of a person. */
const USER = [
  'user username login login_username login_name login_id account account_name user_id uid userid handle nickname nick',
  'benutzer benutzername benutzerkennung nutzer nutzername nutzerkennung anmeldename kontoname kennung konto mitarbeiter',
  'utilisateur nom_d_utilisateur nom_utilisateur identifiant compte pseudo usuario nombre_de_usuario nombre_usuario cuenta',
  'utente nome_utente utilizador nome_de_utilizador nome_de_usuario conta gebruiker gebruikersnaam inlognaam',
  'användare användarnamn bruger brugernavn bruker brukernavn käyttäjä käyttäjätunnus käyttäjänimi tunnus',
  'użytkownik nazwa_użytkownika uživatel uživatelské_jméno používateľ používateľské_meno felhasználó felhasználónév',
  'kullanıcı kullanıcı_adı utilizator nume_utilizator korisnik korisničko_ime uporabnik uporabniško_ime kasutaja kasutajanimi',
  'пользователь имя_пользователя логин учетная_запись користувач імя_користувача потребител χρήστης όνομα_χρήστη',
  'ユーザー ユーザー名 ユーザ ユーザ名 ログイン ログイン名 アカウント 用户 用户名 用戶 用戶名 使用者 使用者名稱 账号 帐号 帳號 账户',
  '사용자 사용자명 사용자_이름 아이디 계정 المستخدم اسم_المستخدم משתמש שם_משתמש उपयोगकर्ता उपयोगकर्ता_नाम',
  'pengguna nama_pengguna người_dùng tên_đăng_nhập tài_khoản ผู้ใช้ ชื่อผู้ใช้',
  'name email email_address mail e_mail_adresse courriel correo correo_electrónico nom nombre nome naam jméno имя почта id',
]
const PASSWORD = [
  'password passwd passphrase passcode login_password passwort kennwort mot_de_passe contraseña palavra_passe senha',
  'wachtwoord lösenord adgangskode kodeord passord salasana hasło heslo jelszó şifre parola lozinka zaporka geslo parool',
  'пароль парола κωδικός κωδικός_πρόσβασης συνθηματικό パスワード 密码 密碼 口令 비밀번호 암호 كلمة_المرور كلمة_السر סיסמה סיסמא',
  'पासवर्ड mật_khẩu kata_sandi รหัสผ่าน',
]
const HASH = [
  'hash password_hash hashed_password encrypted_password digest hashwert passwort_hash hachage empreinte хеш хэш',
]
/** Passwords that people have as well: names of a column only beside one for users. */
const WEAK_PASSWORD = [
  'pass pwd pw mdp pin secret clave chiave slaptažodis parole credential credentials motdepasse',
]

/** Parts of longer names, such as "Initial password" or "Benutzer (Windows)". */
const USER_PARTS =
  'user benutzer login utilisateur usuario utente gebruiker uzytkownik пользовател 用户 ユーザ'
const PASSWORD_PARTS =
  'password passwort kennwort passwd motdepasse contrasena wachtwoord парол 密码 パスワード'
const HASH_PARTS = 'hash encrypted digest'

/** Letters of several spellings that Unicode does not decompose. */
const LETTERS: Readonly<Record<string, string>> = { ı: 'i', ł: 'l', ø: 'o', đ: 'd', æ: 'ae', ß: 'ss' }

/** Without case, accents, punctuation, and notes in parentheses. */
const plain = (text: string): string =>
  text
    .replaceAll(/\([^()]*\)/g, '')
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
    .replaceAll(/[ıłøđæß]/g, letter => LETTERS[letter] ?? letter)

const words = (lines: readonly string[]): string[] => lines.flatMap(line => line.split(' ').map(plain))

const userNames = words(USER)
/** In English, where no first name is meant. */
const plainEnglish = new Set(words(['user username login name email account user_id login_name']))
const weakPasswords = new Set(words(WEAK_PASSWORD))
const roles = new Map<string, Role>([
  ...userNames.map(name => [name, 'user'] as const),
  ...[...words(PASSWORD), ...weakPasswords].map(name => [name, 'password'] as const),
  ...words(HASH).map(name => [name, 'hash'] as const),
])
const parts: [Role, string[]][] = [
  ['hash', words([HASH_PARTS])],
  ['password', words([PASSWORD_PARTS])],
  ['user', words([USER_PARTS])],
]

interface Column<Key> {
  readonly key: Key
  readonly written: string
  readonly name: string
  readonly role: Role | undefined
}

function column<Key>(key: Key, written: string): Column<Key> {
  const name = plain(written)
  // a digit makes it a password rather than a name of a column
  const part = /\p{N}/u.test(name)
    ? undefined
    : parts.find(([, texts]) => texts.some(text => name.includes(text)))
  return { key, written: written.trim(), name, role: roles.get(name) ?? part?.[0] }
}

export interface Columns<Key> {
  readonly user: Key
  readonly password: Key | undefined
  readonly hash: Key | undefined
  /** As they are written. */
  readonly unused: readonly string[]
}

/** @returns undefined if none is that of users. */
export function columnsOf<Key>(names: Iterable<readonly [Key, string]>): Columns<Key> | undefined {
  const all = [...names].map(([key, written]) => column(key, written))
  // a whole name before a part of one
  const find = (role: Role): Column<Key> | undefined =>
    all.find(item => item.role === role && roles.has(item.name)) ?? all.find(item => item.role === role)
  const user =
    userNames.map(name => all.find(item => item.name === name)).find(item => item !== undefined) ??
    find('user')
  if (user === undefined) return undefined
  const [password, hash] = [find('password'), find('hash')]
  const used = [user, password, hash]
  const unused = all.filter(item => !used.includes(item)).map(({ written }) => written)
  return { user: user.key, password: password?.key, hash: hash?.key, unused }
}

const ADD_HEADER = 'put a header such as "user,password" above it'

/**
 * Whether the first row is a header. One that only reads like a header is a problem, because as a user it could log in.
 *
 * @returns undefined for the row of a user.
 */
export function readHeader(
  cells: readonly string[],
):
  | { readonly columns: Columns<number> }
  | { readonly problem: string; readonly isSure: boolean }
  | undefined {
  const columns = columnsOf(cells.entries())
  const hasSecret = columns?.password !== undefined || columns?.hash !== undefined
  // part of a name may be a user: "testuser,password"
  const isExact = columns !== undefined && roles.has(plain(cells[columns.user] ?? ''))
  if (columns === undefined || (hasSecret && !isExact)) {
    const isSecret = ({ role, name }: Column<number>): boolean =>
      (role === 'password' || role === 'hash') && !weakPasswords.has(name)
    if (!cells.some((cell, at) => at > 0 && isSecret(column(at, cell)))) return undefined
    const problem = 'a header needs a column for the users, named "user"; if this row is a user'
    const message = `expected a user, got a row that reads like a header; ${problem}, ${ADD_HEADER}`
    return { problem: message, isSure: true }
  }
  if (hasSecret) return { columns }
  const [first = ''] = cells
  if (cells.length === 1 && plainEnglish.has(plain(first))) return { columns }
  // "name,email" is a header; "alice,my login" is a user
  if (!roles.has(plain(first)) && !cells.every(cell => roles.has(plain(cell)))) return undefined
  const problem = 'expected a column "password" or "hash" in the header, got none; its cells may be empty'
  // words for columns in all cells leave no doubt
  const isSure = cells.every(cell => roles.has(plain(cell)))
  return { problem: `${problem}. If this row is a user, ${ADD_HEADER}`, isSure }
}
