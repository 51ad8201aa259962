// The guard's endpoints for people: signing in and out, their account, and who they are.
import type { Endpoint } from '../guard/endpoints.ts'
import { changeAccount, showAccount } from './account.ts'
import type { Login } from './login.ts'
import { showSignIn, signIn } from './sign-in.ts'
import { showSignOut, signOut } from './sign-out.ts'
import { whoami } from './whoami.ts'

const READ = ['GET', 'HEAD'] as const
const FORM = ['POST'] as const

/** The rows of the table of endpoints. */
export const loginEndpoints = (login: Login): Endpoint[] => [
  {
    path: '/.htpasswd/login',
    methods: READ,
    for: 'anyone',
    reason: 'sign-in',
    respond: request => showSignIn(login, request),
  },
  {
    path: '/.htpasswd/login',
    methods: FORM,
    for: 'anyone',
    reason: 'sign-in',
    respond: request => signIn(login, request),
  },
  {
    path: '/.htpasswd/logout',
    methods: READ,
    for: 'anyone',
    reason: 'sign-out',
    respond: request => showSignOut(login, request),
  },
  {
    path: '/.htpasswd/logout',
    methods: FORM,
    for: 'anyone',
    reason: 'sign-out',
    respond: request => signOut(login, request),
  },
  {
    path: '/.htpasswd/account',
    methods: READ,
    for: 'user',
    reason: 'account',
    respond: request => showAccount(login, request),
  },
  {
    path: '/.htpasswd/account',
    methods: FORM,
    for: 'user',
    reason: 'account',
    respond: request => changeAccount(login, request),
  },
  {
    path: '/.htpasswd/whoami',
    methods: READ,
    for: 'user',
    tokens: true,
    isJson: true,
    reason: 'whoami',
    respond: request => whoami(login.groupsOf, request),
  },
]
