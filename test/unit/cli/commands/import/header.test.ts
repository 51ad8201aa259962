// Which column holds what, by its name, and whether the first row is a header.
import { expect, test } from 'vitest'
import { columnsOf, readHeader } from '../../../../../src/cli/commands/import/header.ts'

const columns = (header: string) => columnsOf(header.split(',').entries())

test.each([
  ['user,password', { user: 0, password: 1, hash: undefined, unused: [] }],
  ['Hash, USERNAME ', { user: 1, password: undefined, hash: 0, unused: [] }],
  ['login', { user: 0, password: undefined, hash: undefined, unused: [] }],
  ['name,Password,hash', { user: 0, password: 1, hash: 2, unused: [] }],
  ['Name,Login,E-mail,password', { user: 1, password: 3, hash: undefined, unused: ['Name', 'E-mail'] }],
  [
    'name,login,username,user',
    { user: 3, password: undefined, hash: undefined, unused: ['name', 'login', 'username'] },
  ],
])('%s', (header, expected) => expect(columns(header)).toEqual(expected))

test.each(['alice,wonderland', '', 'constructor', 'alice,secret'])('%j names no column', header => {
  expect(columns(header)).toBeUndefined()
})

test.each([
  'user,password',
  'email,password',
  'E-Mail;Passwort',
  'account,password',
  'User Name,Password',
  'user_name,password',
  'Benutzername;Passwort',
  'Benutzer (Windows);Kennwort',
  'utilisateur,mot de passe',
  "nom d'utilisateur,mot de passe",
  'Usuario,Contrase\u00f1a',
  'usu\u00e1rio,senha',
  'nome utente,password',
  'gebruikersnaam,wachtwoord',
  'k\u00e4ytt\u00e4j\u00e4tunnus,salasana',
  'nazwa u\u017cytkownika,has\u0142o',
  'kullan\u0131c\u0131 ad\u0131,\u015fifre',
  'Имя пользователя,Пароль',
  'ユーザー名,パスワード',
  '用户名,密码',
  '사용자 이름,비밀번호',
  'USERNAME,PWD',
  'login,pass',
  'user,hash',
  'login_username,login_password',
])('%j is a header', text => {
  const header = readHeader(text.split(/[,;]/))
  const columns = header !== undefined && 'columns' in header ? header.columns : undefined
  expect([columns?.user, columns?.password ?? columns?.hash]).toEqual([0, 1])
})

test.each([
  'alice,password',
  'alice,Passwort',
  'staff member,initial password',
  'testuser,password',
  'Kollege,Kennwort',
  'name,email',
  'Username,Department',
  'email,full name',
])('%j reads like a header, so it is a problem', text => {
  expect(readHeader(text.split(','))).toMatchObject({ problem: expect.stringContaining('header') })
})

test.each(['alice,wonderland', 'alice,secret', 'testuser,password1', 'admin,pass', 'alice,login', 'alice'])(
  '%j is a user',
  text => expect(readHeader(text.split(','))).toBeUndefined(),
)
