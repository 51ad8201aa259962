// `npm start` in a checkout: `htpasswd serve --init --demo`, also with further options; other arguments are the command's.
const [first] = process.argv.slice(2)
const isGuardOption = first?.startsWith('--') && first !== '--help' && first !== '--version'
if (first === undefined || isGuardOption) process.argv.splice(2, 0, 'serve', '--init', '--demo')
require('./htpasswd.js')
