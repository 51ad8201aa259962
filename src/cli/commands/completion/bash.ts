// The completion script for bash, from version 3.2 (macOS) on, without the package bash-completion.
import {
  type CompletedCommand,
  type CompletedOption,
  type CompletionScript,
  MAYBE_ARGUMENT,
} from './model.ts'

export const bashScript: CompletionScript = ({ classic, long, letters, commands }) => {
  const names = commands.map(({ name }) => name)
  const flags = [
    ...classic.map(({ letter }) => `-${letter}`),
    ...long.map(({ name }) => `--${name}`),
    '--help',
    '--version',
  ]
  return `# Completes htpasswd in bash.
_htpasswd() {
  local words=() number=0 current last='' option mode='' head='' i place line=$COMP_LINE
  COMPREPLY=()
  # bash also breaks words at = : @, which belong to ours
  for ((i = 0; i <= COMP_CWORD; i++)); do
    if ((i > 0)) && [[ $line != [[:blank:]]* ]]; then
      words[number]+=\${COMP_WORDS[i]}
    else
      ((i == 0)) || number=$((number + 1))
      words[number]=\${COMP_WORDS[i]}
    fi
    line=\${line#"\${line%%[![:blank:]]*}"}
    line=\${line#"\${COMP_WORDS[i]}"}
  done
  current=\${words[number]}
  ((number > 0)) && last=\${words[number - 1]}
  # what stands in front of such a break stays as it is typed; an @ belongs to what stands behind it
  local breaks=\${COMP_WORDBREAKS//[^=:@]/}
  [[ $breaks && $current == *[$breaks]* ]] && head=\${current%"\${current##*[$breaks]}"}
  head=\${head%@}

  case \${words[1]} in
    ${names.join(' | ')}) ((number > 1)) && { _htpasswd_command; return; } ;;
  esac
  # Apache's grammar: options, then file, user and password
  for ((i = 1; i < number; i++)); do
    option=\${words[i]}
    [[ $option == -?* && $option != -- ]] || break
    case $option in
      ${long
        .filter(takesWord)
        .map(({ name }) => `--${name}`)
        .join(' | ')}) i=$((i + 1)) ;;
      ${long
        .filter(({ takes }) => takes === 'maybe')
        .map(({ name }) => `--${name}`)
        .join(' | ')})
        ((i + 1 < number)) && [[ \${words[i + 1]} =~ ${MAYBE_ARGUMENT} ]] && i=$((i + 1)) ;;
      --*) ;;
      *)
        mode+=$option
        [[ $option == *[${letters.value}] ]] && i=$((i + 1)) ;;
    esac
  done
  place=$((number - i))
  if ((place == 0)) && [[ $current == --*=* ]]; then
    _htpasswd_split
    place=-1
  fi
  if ((place < 0)); then
    case $last in
      ${long
        .filter(({ takes }) => takes === 'path')
        .map(({ name }) => `--${name}`)
        .join(' | ')}) _htpasswd_files ;;
    esac
    return
  fi
  if ((place == 0)) && [[ $current == -* ]]; then
    _htpasswd_offer ${flags.join(' ')}
    return
  fi
  [[ $mode == *${letters.print}* ]] && return
  if ((place == 0)); then
    ((number == 1)) && _htpasswd_offer ${names.join(' ')}
    _htpasswd_files
  elif ((place == 1)) && [[ $mode != *${letters.create}* ]]; then
    _htpasswd_users "\${words[i]}"
  fi
}

# one of our commands: the values of its options, its options, its words, files
_htpasswd_command() {
  [[ $current == --*=* ]] && _htpasswd_split
  case "\${words[1]} $last" in
${commands.map(valueCases).join('')}  esac
  case "\${words[1]} $number $current" in
${commands.map(wordCases).join('')}    *) _htpasswd_files ;;
  esac
}

# --option=value: as the value behind the option
_htpasswd_split() {
  last=\${current%%=*}
  current=\${current#*=}
  head=\${head#"$last="}
}

# the words that begin as the one that is typed
_htpasswd_offer() {
  local word
  for word; do
    [[ $word == "$current"* ]] && COMPREPLY+=("\${word#"$head"}")
  done
}

_htpasswd_files() {
  local path
  while IFS= read -r path; do COMPREPLY+=("\${path#"$head"}"); done < <(compgen -f -- "$(_htpasswd_unquote "$current")")
}

_htpasswd_users() {
  local file user rest mark=$'\\xef\\xbb\\xbf' quote=
  file=$(_htpasswd_unquote "$1")
  [[ -f $file && -r $file ]] || return
  # a user is no file, also where a folder has the name; bash 3 of macOS cannot be told so
  compopt +o filenames 2> /dev/null && quote=own
  while IFS=: read -r user rest || [[ $user ]]; do
    user=\${user#"$mark"}
    [[ $user == [[:space:]]* || $user == '#'* || -z $rest ]] && continue
    [[ $quote ]] && user=$(printf %q "$user")
    _htpasswd_offer "$user"
  done < "$file"
}

# a word as the command will get it
_htpasswd_unquote() {
  local word=\${1//[\\\\\\"\\']/}
  printf %s "\${word/#~\\//$HOME/}"
}

complete -o filenames -F _htpasswd htpasswd
`
}

const takesWord = ({ takes }: CompletedOption): boolean => takes === 'path' || takes === 'text'

function valueCases({ name, options }: CompletedCommand): string {
  const patterns = (takes: string): string =>
    options
      .filter(option => option.takes === takes)
      .map(option => `"${name} --${option.name}"`)
      .join(' | ')
  const choices = options
    .filter(option => option.takes === 'choice')
    .map(option => `    "${name} --${option.name}") _htpasswd_offer ${option.choices.join(' ')}; return ;;\n`)
  const [paths, texts] = [patterns('path'), patterns('text')]
  return [
    paths && `    ${paths}) _htpasswd_files; return ;;\n`,
    ...choices,
    texts && `    ${texts}) return ;;\n`,
  ].join('')
}

function wordCases({ name, options, words }: CompletedCommand): string {
  const flags = options.map(option => `--${option.name}`).join(' ')
  const first = words.length > 0 ? `    "${name} 2 "*) _htpasswd_offer ${words.join(' ')} ;;\n` : ''
  return `    "${name} "*" -"*) _htpasswd_offer ${flags} ;;\n${first}`
}
