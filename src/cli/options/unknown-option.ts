// The message about an unknown option: the nearest name, or the equivalent of an option of another program.
import { nearestName } from './nearest-name.ts'
import type { CommandSpec } from './table.ts'
import { usageError } from './usage-error.ts'

/** @param shown the name as it was typed. */
export function rejectUnknown(spec: CommandSpec, name: string, shown: string): void {
  if (Object.hasOwn(spec.options, name)) return
  throw usageError(`unknown option ${shown}; ${hintFor(spec, name)}`)
}

/** `--proxy_pass` and `--ProxyPass` are meant as `--proxy-pass`. */
const spelled = (name: string): string =>
  name.length === 1
    ? name
    : name
        .replace(/(?<=[a-z])(?=[A-Z])/g, '-')
        .replaceAll('_', '-')
        .toLowerCase()

function hintFor({ name: command, options, synonyms = {} }: CommandSpec, name: string): string {
  const meant = spelled(name)
  if (Object.hasOwn(options, meant)) return `did you mean --${meant}?`
  const synonym = Object.hasOwn(synonyms, meant) ? synonyms[meant] : undefined
  if (synonym !== undefined) return synonym.startsWith('--') ? `use ${synonym}` : synonym
  const nearest = nearestName(meant, Object.keys(options))
  return nearest === undefined ? `see htpasswd ${command} --help` : `did you mean --${nearest}?`
}

/**
 * getopt reads `-port 9000`, as some programs write it, as the letters p, o, r and t, and an error would name one of
 * these.
 *
 * @throws HtpasswdError `ERR_USAGE` for a known name of several letters behind one hyphen.
 */
export function rejectSingleDash(spec: CommandSpec, argv: readonly string[]): void {
  const { options, synonyms = {} } = spec
  for (const argument of argv) {
    if (argument === '--') return
    const [, name = ''] = /^-([A-Za-z][\w-]+)(?:=|$)/.exec(argument) ?? []
    if (Object.hasOwn(options, name))
      throw usageError(`unknown option -${name}; did you mean --${name}, with two hyphens?`)
    if (Object.hasOwn(synonyms, name)) rejectUnknown(spec, name, `-${name}`)
  }
}
