// `npm start` in a checkout: `htpasswd serve --init --demo`, also with further options; other arguments are the command's.
require('./node-version.js')
const first = process.argv[2]
const isGuardOption = /^--(?!help$|version$)/.test(first)
if (first === undefined || isGuardOption) process.argv.splice(2, 0, 'serve', '--init', '--demo')
require('./htpasswd.js')
