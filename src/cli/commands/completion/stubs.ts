// The scripts that connect Tab in each shell with `htpasswd completion SHELL -- ARGUMENTS`, which prints a candidate a
// line, a tab and its description; the line `:paths` asks the shell for paths as well.

export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const
export type Shell = (typeof shells)[number]

/** bash 3.2 (macOS) and later, without the package bash-completion. */
const bash = `# Completes htpasswd in bash.
_htpasswd() {
  local words=() number=0 current head='' own='' i text path line=$COMP_LINE
  COMPREPLY=()
  # bash also breaks words at = : @, which are part of ours
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
  # bash replaces only what follows the last such break; an @ belongs to what follows it
  local breaks=\${COMP_WORDBREAKS//[^=:@]/}
  [[ $breaks && $current == *[$breaks]* ]] && head=\${current%"\${current##*[$breaks]}"}
  head=\${head%@}
  # the arguments without their quotes
  for ((i = 0; i <= number; i++)); do words[i]=\${words[i]//[\\\\\\"\\']/}; done
  current=\${words[number]}
  while IFS=$'\\t' read -r text _; do
    if [[ $text == :paths ]]; then
      [[ $current == --*=* ]] && path=\${current#*=} || path=$current
      while IFS= read -r text; do COMPREPLY+=("\${text#"$head"}"); done < <(compgen -f -- "\${path/#~\\//$HOME/}")
    else
      # bash quotes paths, and appends a slash to a folder; bash 3 cannot be told that this is not one
      [[ $own ]] || { compopt +o filenames 2> /dev/null && own=yes || own=no; }
      [[ $own == yes ]] && text=$(printf %q "$text")
      COMPREPLY+=("\${text#"$head"}")
    fi
  done < <("\${words[0]/#~\\//$HOME/}" completion bash -- "\${words[@]:1}" 2> /dev/null)
}
complete -o filenames -F _htpasswd htpasswd
`

const zsh = `#compdef htpasswd
# Completes htpasswd in zsh.
_htpasswd() {
  local line
  local -a found
  for line in "\${(@f)$(\${(Q)words[1]} completion zsh -- "\${(@Q)words[2,CURRENT]}" 2> /dev/null)}"; do
    [[ -z $line || $line == :paths ]] || found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe htpasswd found
  if [[ $line == :paths ]]; then
    [[ $PREFIX == --*=* ]] && compset -P '*='
    _files
  fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _htpasswd "$@"; else compdef _htpasswd htpasswd; fi
`

/** fish 3.0 and later. */
const fish = `# Completes htpasswd in fish.
# asks once for each state of the command line; true if paths are wanted as well
function __htpasswd_ask
    set -l words (commandline -opc) (commandline -ct)
    if test "$__htpasswd_asked" != "$words"
        set -g __htpasswd_asked "$words"
        set -g __htpasswd_found ($words[1] completion fish -- $words[2..-1] 2>/dev/null)
    end
    contains -- :paths $__htpasswd_found
end

function __htpasswd_candidates
    __htpasswd_ask
    string match -v -- :paths $__htpasswd_found
end

complete -c htpasswd -f
complete -c htpasswd -n __htpasswd_ask -F
complete -c htpasswd -a '(__htpasswd_candidates)'
`

/** Windows PowerShell 5.1 and PowerShell 7, which offer paths themselves if there is no other candidate. */
const powershell = `# Completes htpasswd in PowerShell.
Register-ArgumentCompleter -Native -CommandName @('htpasswd', 'htpasswd.exe') -ScriptBlock {
    param($current, $commandAst, $cursor)
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursor } |
        ForEach-Object { if ($_.Value -is [string]) { $_.Value } else { $_.Extent.Text } })
    $program = $commandAst.GetCommandName()
    # PowerShell 5.1 drops an empty argument, so the last one gets a character in front
    $arguments = @($words) + @('=' + $current)
    $encoding = [Console]::OutputEncoding
    try {
        [Console]::OutputEncoding = [System.Text.Encoding]::UTF8
        $found = @(& $program completion powershell '--' @arguments 2>$null)
    } finally {
        [Console]::OutputEncoding = $encoding
    }
    $found | ForEach-Object {
        $text, $description = $_ -split "\`t", 2
        $word = $text
        # PowerShell takes typographic quotation marks for quotes
        if ($text -match '[^\\w.+/:=-]') { $word = "'" + ($text -replace "['\\u2018-\\u201b]", '$0$0') + "'" }
        [System.Management.Automation.CompletionResult]::new($word, $text, 'ParameterValue', $(if ($description) { $description } else { $text }))
    }
}
`

export const stubs: Readonly<Record<Shell, string>> = { bash, zsh, fish, powershell }
