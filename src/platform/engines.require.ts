// engines.ts for the bundled command, which is CommonJS: require() loads a package at once, while import() would start
// Node's loader of ES modules first (4 ms of a run that takes 40).
import type { ApacheMd5, Bcryptjs, UnixCrypt } from './engines.ts'

export const loadApacheMd5 = async (): Promise<ApacheMd5> => require('apache-md5')

export const loadBcryptjs = async (): Promise<Bcryptjs> => require('bcryptjs')

export const loadUnixCrypt = async (): Promise<UnixCrypt> => require('unix-crypt-td-js/src/unix-crypt-td.js')
