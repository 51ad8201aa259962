// The completion script for fish: one `complete` line an option, under the condition where it belongs (fish 3.0 on).
import {
  type CompletedCommand,
  type CompletedOption,
  type CompletionScript,
  MAYBE_ARGUMENT,
} from './model.ts'

/** Within single quotes, where the quote and the backslash are special. */
const quote = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`

export const fishScript: CompletionScript = ({
  classic,
  long,
  letters,
  commands,
}) => `# Completes htpasswd in fish.
# the words between htpasswd and the cursor
function __htpasswd_words
    set -l words (commandline -opc)
    set -e words[1]
    test (count $words) -gt 0; and printf '%s\\n' $words
end

# whether the first of them is the command of that name, and the number of words, where it is given, is that one
function __htpasswd_in
    set -l words (__htpasswd_words)
    test "$words[1]" = $argv[1]; or return 1
    test (count $argv) -eq 1; or test (count $words) -eq $argv[2]
end

# whether in Apache's grammar so many words stand behind the options, and none of the letters in them
function __htpasswd_at
    set -l words (__htpasswd_words)
    contains -- "$words[1]" ${commands.map(({ name }) => name).join(' ')}; and return 1
    while string match -qr -- '^-.' "$words[1]"
        test -n "$argv[2]"; and string match -qr -- "^-[^-]*[$argv[2]]" $words[1]; and return 1
        if string match -qr -- '^--(${namesOf(long, 'path', 'text')})$' $words[1]
            set -e words[1]
        else if string match -qr -- '^--(${namesOf(long, 'maybe')})$' $words[1]
            string match -qr -- '${MAYBE_ARGUMENT}' "$words[2]"; and set -e words[1]
        else if string match -qr -- '^-[^-]*[${letters.value}]$' $words[1]
            set -e words[1]
        end
        set -e words[1]
    end
    test (count $words) -eq $argv[1]
end

function __htpasswd_users
    set -l words (__htpasswd_words)
    set -l file (string replace -r '^~/' "$HOME/" -- $words[-1])
    test -f "$file" -a -r "$file"; or return
    string replace -r '^\\x{feff}' '' <$file | string replace -rf '^([^#\\s:][^:]*):.+' '$1'
end

complete -c htpasswd -f
complete -c htpasswd -n '__htpasswd_at 0 ${letters.print}' -F
complete -c htpasswd -n '__htpasswd_at 1 ${letters.print}${letters.create}' -a '(__htpasswd_users)' -d user
complete -c htpasswd -n '__htpasswd_at 0' -l help -d 'show help'
complete -c htpasswd -n '__htpasswd_at 0' -l version -d 'show the version'
${classic.map(({ letter, describe, takesValue }) => `complete -c htpasswd -n '__htpasswd_at 0' -s ${letter}${takesValue ? ' -x' : ''} -d ${quote(describe)}\n`).join('')}${long.map(option => `complete -c htpasswd -n '__htpasswd_at 0' ${optionWords(option)}\n`).join('')}${commands.map(commandLines).join('')}`

const namesOf = (options: readonly CompletedOption[], ...takes: CompletedOption['takes'][]): string =>
  options
    .filter(option => takes.includes(option.takes))
    .map(({ name }) => name)
    .join('|')

function commandLines({ name, describe, options, words }: CompletedCommand): string {
  const here = `complete -c htpasswd -n '__htpasswd_in ${name}'`
  const lines = [
    `complete -c htpasswd -n 'not count (__htpasswd_words) >/dev/null' -a ${name} -d ${quote(describe)}`,
    words.length === 0
      ? `${here} -F`
      : `complete -c htpasswd -n '__htpasswd_in ${name} 1' -a ${quote(words.join(' '))}\n` +
        `complete -c htpasswd -n '__htpasswd_in ${name}; and not __htpasswd_in ${name} 1' -F`,
    ...options.map(option => `${here} ${optionWords(option)}`),
  ]
  return `\n${lines.join('\n')}\n`
}

function optionWords({ name, alias, describe, takes, choices }: CompletedOption): string {
  const value = {
    nothing: '',
    maybe: '',
    text: ' -x',
    path: ' -r -F',
    choice: ` -x -a ${quote(choices.join(' '))}`,
  }[takes]
  return `-l ${name}${alias === undefined ? '' : ` -s ${alias}`}${value} -d ${quote(describe)}`
}
