// The words of `completion`.
import { expect, test } from 'vitest'
import { completionGrammar, shells } from '../../../../../src/cli/commands/completion/options.ts'

test('each shell is a form of the command, and has a place to put the script', () => {
  expect(completionGrammar.synopsis).toEqual(shells)
  for (const shell of shells) expect(completionGrammar.epilogue).toContain(`htpasswd completion ${shell} >`)
})
