// What a shell has to know to complete our words, out of the option tables: the same for all shells.
import { classicOptions } from '../../apache/grammar.ts'
import type { Command, Option, OptionTable } from '../../options/table.ts'
import { passwordOptions } from '../../password/options.ts'

/** An option of one of our commands, or a long one of ours in Apache's grammar. */
export interface CompletedOption {
  readonly name: string
  readonly alias: string | undefined
  readonly describe: string
  /** What stands behind it: nothing, maybe a text, a path, one of the choices, or a text that nobody can guess. */
  readonly takes: 'nothing' | 'maybe' | 'path' | 'choice' | 'text'
  readonly choices: readonly string[]
}

export interface CompletedCommand {
  readonly name: string
  readonly describe: string
  /** What its first word can be; none where that is a file. */
  readonly words: readonly string[]
  readonly options: readonly CompletedOption[]
}

export interface CompletionModel {
  /** The options of Apache's grammar. */
  readonly classic: readonly {
    readonly letter: string
    readonly describe: string
    readonly takesValue: boolean
  }[]
  /** Our long options in that grammar. */
  readonly long: readonly CompletedOption[]
  /** Letters that change what the words are: no file stands in front of the user, or the user is a new one. */
  readonly letters: { readonly value: string; readonly print: string; readonly create: string }
  readonly commands: readonly CompletedCommand[]
}

/** What may be the argument of an option that takes maybe one, as an extended regular expression: no file's usual name. */
export const MAYBE_ARGUMENT = '^([0-9]+|words)$'

/** Turns the model into a script for one shell. */
export type CompletionScript = (model: CompletionModel) => string

export async function modelOf(commands: readonly Command[]): Promise<CompletionModel> {
  const classic = classicOptions.map(option => ({
    letter: option.letter,
    describe: option.describe.join(' '),
    takesValue: 'takesValue' in option,
  }))
  const letterOf = (mode: string): string =>
    classicOptions.find(option => 'mode' in option && option.mode === mode)?.letter ?? ''
  const value = classic.filter(option => option.takesValue).map(option => option.letter)
  const loaded = commands.map(async ({ name, describe, load }): Promise<CompletedCommand> => {
    const { grammar } = await load()
    return { name, describe, words: grammar.words ?? [], options: completedOptions(grammar.options) }
  })
  return {
    classic,
    long: completedOptions(passwordOptions),
    letters: { value: value.join(''), print: letterOf('print'), create: letterOf('create') },
    commands: await Promise.all(loaded),
  }
}

const completedOptions = (table: OptionTable): CompletedOption[] =>
  Object.entries(table).map(([name, row]) => completedOption(name, row))

function completedOption(name: string, { alias, describe, argument, bare, read }: Option): CompletedOption {
  const choices = read?.choices ?? []
  const text = bare === undefined ? 'text' : 'maybe'
  const known = argument === 'FILE' ? 'path' : choices.length > 0 ? 'choice' : text
  return { name, alias, describe, choices, takes: argument === undefined ? 'nothing' : known }
}
