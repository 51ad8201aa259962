// The words of `htpasswd completion`.
import { type Grammar, helpOption, type OptionTable } from '../../options/table.ts'

export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const
export type Shell = (typeof shells)[number]

export const completionOptions = { help: helpOption } as const satisfies OptionTable

export const completionGrammar: Grammar<typeof completionOptions> = {
  name: 'completion',
  synopsis: shells,
  words: shells,
  describe: 'Prints a script that completes commands, options, files and the user names in them.',
  options: completionOptions,
  epilogue: [
    'For good:',
    '  bash        htpasswd completion bash > ~/.local/share/bash-completion/completions/htpasswd',
    '  zsh         htpasswd completion zsh > "$fpath[1]/_htpasswd"',
    '  fish        htpasswd completion fish > ~/.config/fish/completions/htpasswd.fish',
    '  PowerShell  htpasswd completion powershell >> $PROFILE',
  ].join('\n'),
}
