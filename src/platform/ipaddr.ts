// The package that reads IP addresses, by require(): import() of a CommonJS package has Node load a scanner of its exports,
// 8 MB of each process. Where everything is one file, the build replaces this one by ipaddr.sea.ts.
import { createRequire } from 'node:module'

export const ipaddr = createRequire(import.meta.url)('ipaddr.js') as typeof import('ipaddr.js')
