// The completion script for PowerShell, Windows' own 5.1 and 7: where it offers nothing, PowerShell offers files.
import { type CompletedCommand, type CompletionScript, MAYBE_ARGUMENT } from './model.ts'

/** Within single quotes, where only the quote itself is special. */
const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`
const array = (texts: readonly string[]): string => `@(${texts.map(quote).join(', ')})`
const lines = (rows: readonly string[]): string => rows.map(row => `        ${row}`).join(',\n')

export const powershellScript: CompletionScript = ({ classic, long, letters, commands }) => {
  const longNames = (...takes: string[]): string =>
    array(long.filter(option => takes.includes(option.takes)).map(({ name }) => `--${name}`))
  const flags = [
    ...classic.map(({ letter, describe }) => [`-${letter}`, describe]),
    ...long.map(({ name, describe }) => [`--${name}`, describe]),
    ['--help', 'show help'],
    ['--version', 'show the version'],
  ]
  return `# Completes htpasswd in PowerShell.
Register-ArgumentCompleter -Native -CommandName @('htpasswd', 'htpasswd.exe') -ScriptBlock {
    param($current, $commandAst, $cursor)
    # pairs, not a hash table: that would not tell -d from -D
    $flags = @(
${lines(flags.map(array))}
    )
    $commands = @(
${lines(commands.map(({ name, describe }) => array([name, describe])))}
    )
    # the command, the option, what it is for
    $options = @(
${lines(commands.flatMap(optionRows))}
    )
    # behind which word which words stand
    $following = @{
${commands.flatMap(followingRows).join('')}    }

    # what stands behind htpasswd and in front of the cursor's word
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursor } |
        ForEach-Object { if ($_.Value -is [string]) { $_.Value } else { $_.Extent.Text } })

    $found = @(if ($words.Count -gt 0 -and @($commands | ForEach-Object { $_[0] }) -ccontains $words[0]) {
        $name = $words[0]
        if ($words.Count -eq 1 -and $following.ContainsKey($name)) { $following[$name] | ForEach-Object { , @($_, $_) } }
        elseif ($following.ContainsKey("$name $($words[-1])")) { $following["$name $($words[-1])"] | ForEach-Object { , @($_, $_) } }
        if ($current -like '-*') { $options | Where-Object { $_[0] -ceq $name } | ForEach-Object { , @($_[1], $_[2]) } }
    } else {
        # Apache's grammar: options, then file, user and password
        $at = 0
        $letters = ''
        while ($at -lt $words.Count -and $words[$at] -like '-?*') {
            $word = $words[$at]
            if (${longNames('path', 'text')} -ccontains $word) { $at++ }
            elseif (${longNames('maybe')} -ccontains $word) { if ($words[$at + 1] -cmatch '${MAYBE_ARGUMENT}') { $at++ } }
            elseif ($word -notlike '--*') {
                $letters += $word
                if ($word -cmatch '[${letters.value}]$') { $at++ }
            }
            $at++
        }
        $place = $words.Count - $at
        if ($words.Count -eq 0 -and $current -notlike '-*') { $commands }
        if ($place -eq 0 -and $current -like '-*') { $flags }
        if ($place -eq 1 -and $letters -cnotmatch '[${letters.create}${letters.print}]' -and (Test-Path -LiteralPath $words[$at] -PathType Leaf)) {
            Get-Content -LiteralPath $words[$at] -Encoding UTF8 | ForEach-Object {
                if ($_ -match '^([^#\\s:][^:]*):.') { , @($Matches[1], 'user') }
            }
        }
    })

    $found | Where-Object { $_[0].StartsWith($current, [StringComparison]::Ordinal) } | ForEach-Object {
        $text = $_[0]
        if ($text -match '[^\\w.+/:=-]') { $text = "'" + $text.Replace("'", "''") + "'" }
        [System.Management.Automation.CompletionResult]::new($text, $_[0], 'ParameterValue', $_[1])
    }
}
`
}

function optionRows({ name, options }: CompletedCommand): string[] {
  return options.map(option => array([name, `--${option.name}`, option.describe]))
}

function followingRows({ name, words, options }: CompletedCommand): string[] {
  const row = (key: string, texts: readonly string[]): string => `        ${quote(key)} = ${array(texts)}\n`
  const choices = options.filter(option => option.takes === 'choice')
  return [
    ...(words.length > 0 ? [row(name, words)] : []),
    ...choices.map(option => row(`${name} --${option.name}`, option.choices)),
  ]
}
