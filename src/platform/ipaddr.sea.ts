// ipaddr.ts for the one-file executables, where Node's require() finds only Node's own modules.
import ipaddr from 'ipaddr.js'

export { ipaddr }
