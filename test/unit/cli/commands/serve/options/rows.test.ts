// The option rows of `serve`: each is complete, and passes only options that the guard accepts.
import { expect, test } from 'vitest'
import { Authenticator } from '../../../../../../src/auth/authenticator.ts'
import type { ServeOption } from '../../../../../../src/cli/commands/serve/options/row.ts'
import { serveOptions } from '../../../../../../src/cli/commands/serve/options.ts'
import { resolveGuardOptions } from '../../../../../../src/http/guard/resolve-options.ts'

const rows = Object.entries(serveOptions) as [string, ServeOption][]

test.each(rows)('--%s', (_, { describe, group, argument, read, default: fallback, guard }) => {
  expect(describe).toMatch(/^\S/)
  expect(group).toMatch(/^[A-Z].*:$/)
  expect(argument === undefined).toBe(read === undefined)
  if (fallback !== undefined) expect(() => read?.(fallback)).not.toThrow()
  if (guard === undefined) return
  const options = { authenticator: new Authenticator(() => undefined), upstream: 'http://127.0.0.1:1' }
  expect(() => resolveGuardOptions({ ...options, [guard]: undefined })).not.toThrow()
})
