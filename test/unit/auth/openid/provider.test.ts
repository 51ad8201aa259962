// How often a provider is asked while it is down, and what stays in use meanwhile.
import { expect, test } from 'vitest'
import { Provider } from '../../../../src/auth/openid/provider.ts'
import { ISSUER, stubProvider } from './stub-provider.ts'

test('pauses between two attempts double from 1 second to 60, and begin anew after a success', async () => {
  let clock = 0
  const stub = await stubProvider(() => clock)
  stub.down = 'ECONNREFUSED'
  const attempts: number[] = []
  const askFor = async (seconds: number): Promise<void> => {
    const end = clock + seconds * 1000
    for (; clock < end; clock += 500) {
      const before = stub.fetched.length
      await stub.provider.metadata().catch(() => {})
      if (stub.fetched.length > before) attempts.push(clock / 1000)
    }
  }
  await askFor(200)
  expect(attempts.map((at, i) => at - (attempts[i - 1] ?? 0))).toEqual([0, 1, 2, 4, 8, 16, 32, 60, 60])
  expect(stub.provider.isDown).toBe(true)

  stub.down = undefined
  clock += 60_000
  await stub.provider.metadata()
  expect(stub.provider.isDown).toBe(false)
  stub.down = 'ETIMEDOUT'
  attempts.length = 0
  const asked = stub.fetched.length
  await stub.provider.metadata(0)
  clock += 1000
  await stub.provider.metadata(0)
  expect(stub.fetched.length - asked).toBe(2)
})

test('many requests at once cause one fetch', async () => {
  const stub = await stubProvider(() => 0)
  await Promise.all(Array.from({ length: 50 }, () => stub.provider.metadata()))
  expect(stub.fetched).toHaveLength(1)
})

test('a document without an end is not read to its end', async () => {
  let pulled = 0
  const body = () =>
    new ReadableStream({
      pull(controller) {
        pulled++
        controller.enqueue(Buffer.alloc(64 * 1024, ' '))
      },
    })
  const provider = new Provider(ISSUER, { fetch: async () => new Response(body()) })
  await expect(provider.metadata()).rejects.toThrow(/it is longer than 1 MB/)
  expect(pulled).toBeLessThan(20)
})

test.each([
  [
    { issuer: 'https://other.example' },
    /names the issuer "https:\/\/other\.example", expected "https:\/\/id\.example"/,
  ],
  [{ jwks_uri: undefined }, /names no jwks_uri/],
])('a document that is not usable: %j', async (change, reason) => {
  const stub = await stubProvider(() => 0)
  stub.metadata = { ...stub.metadata, ...change }
  await expect(stub.provider.metadata()).rejects.toThrow(reason)
})
