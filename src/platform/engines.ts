// The packages that compute hashes, each loaded by the first hash that needs it. The build of the command replaces this
// file by engines.require.ts.

/** Its typings describe a default export; the CommonJS module is the function itself. */
export type ApacheMd5 = (password: string, setting: string) => string
export type Bcryptjs = typeof import('bcryptjs').default
export type UnixCrypt = typeof import('unix-crypt-td-js/src/unix-crypt-td.js').default

export const loadApacheMd5 = async (): Promise<ApacheMd5> =>
  (await import('apache-md5')).default as unknown as ApacheMd5

export const loadBcryptjs = async (): Promise<Bcryptjs> => (await import('bcryptjs')).default

/** The package's source: the minified build that its main entry names is 2 % slower. */
export const loadUnixCrypt = async (): Promise<UnixCrypt> =>
  (await import('unix-crypt-td-js/src/unix-crypt-td.js')).default
