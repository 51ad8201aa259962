// Stores the record of `add` and `passwd`, after a generated password has been delivered.
import type { ByteString } from '../../bytes.ts'
import type { HtpasswdDocument } from '../../document/document.ts'
import { updateFile } from '../../store/update.ts'
import { helpOption, inPlaceOption, jsonOption, type OptionTable, type ValuesOf } from '../options/table.ts'
import { usageError } from '../options/usage-error.ts'
import { isToBeShown, rejectExisting, rejectLostOutput, updateWith } from '../password/generated.ts'
import { passwordOptions } from '../password/options.ts'
import { privateFile } from '../password-file.ts'
import type { Io } from '../terminal/io.ts'

/** The options that `add` and `passwd` share. */
export const storingOptions = {
  ...passwordOptions,
  'in-place': inPlaceOption,
  json: jsonOption,
  help: helpOption,
} as const satisfies OptionTable

type Values = ValuesOf<typeof storingOptions>

/** Rejects, before a password is asked for, what would keep a generated one from reaching anybody. */
export function rejectUnshowable(values: Values, io: Io): void {
  if (isToBeShown(values)) {
    if (values.json) throw usageError('--json needs --generate-to FILE for the generated password')
    rejectLostOutput(io, 1)
  }
  rejectExisting(values)
}

interface StoredPassword {
  readonly file: string
  readonly password: ByteString
  /** Whether it is generated and goes to standard output. */
  readonly isShown: boolean
  readonly values: Values
  /** Whether a missing file is created. */
  readonly create: boolean
  /** Throws if the record cannot be set. */
  readonly change: (document: HtpasswdDocument) => void
}

/** The password is delivered first: nothing is stored if nobody can receive it. */
export async function storePassword(stored: StoredPassword, io: Io): Promise<void> {
  const { file, password, isShown, values, create, change } = stored
  let isDelivered = !isShown
  const deliver = (document: HtpasswdDocument): void => {
    change(document)
    if (!isDelivered) io.deliver(1, `${password}\n`)
    isDelivered = true
  }
  const update = async (): Promise<boolean> => {
    await updateFile(file, deliver, {
      create,
      inPlace: values['in-place'],
      onPrivate: () => io.err(privateFile(file)),
    })
    return true
  }
  await updateWith(values, password, file, update)
}
