// Options about permissions that are invalid or lack another one, and the messages about them.
import { expect, test } from 'vitest'
import { parseServe } from '../../../../../../src/cli/commands/serve/request.ts'

const preset = ['--upstream', 'http://127.0.0.1:5000', '--preset', 'mlflow']

test.each([
  [['--demo', '--readers', 'user:guest'], /--readers needs --preset.*--preset mlflow/],
  [['--demo', '--admins', 'user:guest'], /--admins needs --preset/],
  [
    [...preset, '--readers', 'viewers'],
    /--readers expected valid-user, user:NAME, group:NAME or none, got "viewers"/,
  ],
  [[...preset, '--mlflow-static-prefix', 'ml/'], /--mlflow-static-prefix.*\/mlflow/],
  [['--preset', 'gitlab'], /--preset.*mlflow/],
])('%j is refused', (argv, message) => expect(() => parseServe(argv, {})).toThrow(message))
