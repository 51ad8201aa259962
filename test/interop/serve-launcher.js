// Starts the built `serve` as a program of its own, so that the proofs see what a user sees.
import { processIo } from '../../dist/cli/io.js'
import { serve } from '../../dist/cli/serve.js'

process.exitCode = await serve(process.argv.slice(2), processIo)
