// The package ships no types; this is the one call that is used of it.
declare module 'unix-crypt-td-js*' {
  export default function unixCryptTD(password: string, salt: string): string
}
