// Requests made of parts of the corpus, drawn by a seed: number n of a seed is always the same request.
import { type Case, visible } from './case.ts'

/** Park and Miller's generator. */
function generator(seed: number): (limit: number) => number {
  let state = (seed % 2_147_483_646) + 1
  return limit => {
    state = (state * 48_271) % 2_147_483_647
    return state % limit
  }
}

const HEAD_END = '\r\n\r\n'

/** The header lines of a case, without those that every request has and the mark of a request without login. */
const linesOf = ({ text }: Case): string[] =>
  (text.split(HEAD_END)[0] ?? '')
    .split('\r\n')
    .slice(1)
    .filter(line => !/^(Host: (guard\.example|x)|<login>|X-Run: anonymous)$/.test(line))

/** Combination number `n`: up to three cases' header lines in a fourth one, sometimes with its target or a request behind it. */
export function combination(cases: readonly Case[], seed: number, n: number): Case {
  // neighbouring states of the generator are alike, so the number is spread
  const random = generator(seed * 7919 + n * 104_729)
  random(2)
  const pick = (): Case => cases[random(cases.length)] as Case
  const base = pick()
  let text = base.text
  const names = [base.name]
  if (random(3) === 0) {
    const other = pick()
    const [target = '/x'] = /(?<= )\/[^ \r\n]*/.exec(other.text) ?? []
    // these two are what a back end must never see, with or without a login
    if (!/^\/(hidden|refused)/.test(target)) text = text.replace(' /x ', () => ` ${target} `)
  }
  for (let parts = random(4); parts > 0; parts--) {
    const other = pick()
    const at = text.indexOf(HEAD_END)
    if (at === -1) continue
    text = [text.slice(0, at), ...linesOf(other)].join('\r\n') + text.slice(at)
    names.push(other.name)
  }
  if (random(6) === 0) text += pick().text
  const name = `${n} of seed ${seed}: ${names.map(visible).join(' + ')}`
  return { group: 'combination', name, text, responses: 2, incomplete: true }
}
