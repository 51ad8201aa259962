// The published types hold for programs with other compiler settings than ours.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const resolutions = ['--module nodenext', '--module esnext --moduleResolution bundler']
const cases = resolutions.flatMap(one => [`${one} --exactOptionalPropertyTypes`, one])

test.each(cases)('the types compile under %s', settings => {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const words =
    `--noEmit --strict --target es2022 --lib esnext --types node ${settings} --ignoreConfig`.split(' ')
  const { stdout, status } = spawnSync(
    process.execPath,
    [tsc, ...words, join(root, 'test/types/consumer.ts')],
    {
      cwd: root,
      encoding: 'utf8',
    },
  )
  expect({ stdout, status }).toEqual({ stdout: '', status: 0 })
})
