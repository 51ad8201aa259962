// Writers at once lose nobody, and who reads meanwhile never sees a torn file (Apache's command copies in place without a
// lock). The long proof with kills is test/proofs/nothing-lost.test.ts.
import { expect, test } from 'vitest'
import { checkDocument } from '../../src/check/check-document.ts'
import { parseHtpasswd } from '../../src/document/document.ts'
import { runBin, textIn, withUsers } from '../support/password-file.ts'

test('twelve commands at once add twelve users', async () => {
  await withUsers('alice:{SHA}GpHWL3ymc5liWkNopqtdSjuqYHM=\n', async file => {
    let over = false
    let torn = 0
    const reader = (async () => {
      while (!over) {
        const text = textIn(file)
        if (!text.endsWith('\n') || [...checkDocument(text)].some(({ code }) => code !== 'broken-hash'))
          torn++
        await new Promise(resolve => setImmediate(resolve))
      }
    })()
    const names = Array.from({ length: 12 }, (_, i) => `user${i}`)
    const runs = await Promise.all(names.map(name => runBin(['-bs', file, name, 'pw'])))
    over = true
    await reader
    expect(runs.map(({ status }) => status)).toEqual(names.map(() => 0))
    expect(parseHtpasswd(textIn(file)).users().sort()).toEqual(['alice', ...names].sort())
    expect(torn).toBe(0)
  })
})
