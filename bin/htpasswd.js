#!/usr/bin/env node
// Starts the command. The compile cache (Node 22 and later) halves the time to load it.
import * as module from 'node:module'

module.enableCompileCache?.()
const { main } = await import('../dist/cli/main.js')
const { processIo } = await import('../dist/cli/io.js')
process.exitCode = await main(process.argv.slice(2), processIo)
