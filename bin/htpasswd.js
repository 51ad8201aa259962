#!/usr/bin/env node
// Starts the command. CommonJS (see package.json beside it): an ES module as the entry costs Node 4 ms more. Syntax that a
// Node of any age can read, so that one that is too old gets as far as the message of the first line.
require('./node-version.js')
var enableCompileCache = require('node:module').enableCompileCache

if (enableCompileCache) enableCompileCache()
require('../dist/command/main.cjs')
  .main(process.argv.slice(2))
  .then(status => {
    process.exitCode = status
  })
