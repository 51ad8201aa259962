#!/usr/bin/env node
// Starts the command. CommonJS (see package.json beside it): an ES module as the entry costs Node 4 ms more.
const { enableCompileCache } = require('node:module')

enableCompileCache?.()
const { main } = require('../dist/command/main.cjs')
main(process.argv.slice(2)).then(status => {
  process.exitCode = status
})
