// The completion script for zsh: specifications for its own _arguments (zshcompsys(1)).
import {
  type CompletedCommand,
  type CompletedOption,
  type CompletionScript,
  MAYBE_ARGUMENT,
} from './model.ts'

/** Within single quotes, where only the quote itself is special. */
const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
/** The explanation of an option stands in brackets, and a colon ends a part. */
const explained = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&')

export const zshScript: CompletionScript = ({ classic, long, letters, commands }) => `#compdef htpasswd
# Completes htpasswd in zsh.
_htpasswd() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  if ((CURRENT > 2)); then
    case $words[2] in
${commands.map(commandCase).join('')}    esac
  fi
  # Apache's grammar: options, then file, user and password
${long
  .filter(({ takes }) => takes === 'maybe')
  .map(maybeArgument)
  .join('')}  _arguments -s -S \\
    ${[...classic.map(classicSpec), ...long.flatMap(optionSpecs), "'(- *)--help[show help]'", "'(- *)--version[show the version]'"].join(' \\\n    ')} \\
    '1: :->first' '2: :->second' '3: :->third'
  case $state in
    first)
      if ((CURRENT == 2)); then
        local -a commands=(
          ${commands.map(({ name, describe }) => quote(`${name}:${describe}`)).join('\n          ')}
        )
        _describe command commands
      fi
      _htpasswd_has ${letters.print} || _files
      ;;
    second) _htpasswd_has '[${letters.print}${letters.create}]' || _htpasswd_users $line[1] ;;
  esac
}

# whether one of the letters stands among the options
_htpasswd_has() { [[ -n \${(M)words[2,CURRENT-1]:#-[^-]#\${~1}*} ]] }

_htpasswd_users() {
  local -a users
  local file=\${(Q)1} entry
  file=\${file/#\\~\\//$HOME/}
  [[ -f $file && -r $file ]] || return
  for entry in \${(f)"$(<$file)"}; do
    entry=\${entry#$'\\xef\\xbb\\xbf'}
    [[ $entry == (*[^:]):?* && $entry != [[:space:]\\#]* ]] && users+=(\${entry%%:*})
  done
  _wanted users expl user compadd -a users
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _htpasswd "$@"; else compdef _htpasswd htpasswd; fi
`

function classicSpec({
  letter,
  describe,
  takesValue,
}: {
  letter: string
  describe: string
  takesValue: boolean
}): string {
  return quote(`-${letter}${takesValue ? '+' : ''}[${explained(describe)}]${takesValue ? ':number:' : ''}`)
}

/** For _arguments an argument that may be left out would be whatever word comes next. */
const maybeArgument = ({ name }: CompletedOption): string => `  local at=\${words[(I)--${name}]}
  if ((at && at + 1 < CURRENT)) && [[ $words[at+1] =~ '${MAYBE_ARGUMENT}' ]]; then
    words[at+1]=()
    ((CURRENT--))
  fi
`

function commandCase({ name, options, words }: CompletedCommand): string {
  const first = words.length > 0 ? quote(`1:word:(${words.join(' ')})`) : "'1:file:_files'"
  const rest = words.length > 0 ? "'*:file:_files'" : ''
  const specs = [...options.flatMap(optionSpecs), first, rest].filter(spec => spec !== '')
  return `      ${name})
        shift words
        ((CURRENT--))
        _arguments -S \\
          ${specs.join(' \\\n          ')}
        return
        ;;
`
}

function optionSpecs({ name, alias, describe, takes, choices }: CompletedOption): string[] {
  const value = {
    nothing: '',
    maybe: `::${name}: `,
    text: `:${name}: `,
    path: `:${name}:_files`,
    choice: `:${name}:(${choices.join(' ')})`,
  }[takes]
  // =-: only behind the = of the same word
  const joint = { nothing: '', maybe: '=-', text: '=', path: '=', choice: '=' }[takes]
  const long = quote(`*--${name}${joint}[${explained(describe)}]${value}`)
  return alias === undefined ? [long] : [long, quote(`*-${alias}[${explained(describe)}]${value}`)]
}
