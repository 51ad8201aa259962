// `htpasswd import`: adds many users to a password file, all or none, hashed before the file is locked.
import { encodeSurrogateEscape, toByteString } from '../../../bytes.ts'
import { HtpasswdDocument } from '../../../document/document.ts'
import { generatePassword } from '../../../hash/generate-password.ts'
import { needsRehash } from '../../../hash/hash-password.ts'
import type { HashOptions } from '../../../hash/options.ts'
import { applyImport, hashPlan, type ImportReport } from '../../../import/import-users.ts'
import { type ImportPlan, planImport } from '../../../import/plan.ts'
import { checkAccess } from '../../../store/access.ts'
import { readSnapshot } from '../../../store/snapshot.ts'
import { updateFile } from '../../../store/update.ts'
import { rejectUnencodablePath } from '../../arguments.ts'
import { runCommand } from '../../options/run-command.ts'
import type { ValuesOf } from '../../options/table.ts'
import { usageError } from '../../options/usage-error.ts'
import { isToBeShown, rejectExisting, rejectLostOutput, updateWith } from '../../password/generated.ts'
import { generationOf } from '../../password/source.ts'
import { defaultFile, privateFile, rejectMalformed } from '../../password-file.ts'
import type { Io } from '../../terminal/io.ts'
import { type importOptions, importSpec } from './options.ts'
import { cutWarning, showProgress, textOf, writeReport } from './report.ts'
import { isSourceName, readSource } from './source.ts'

type ImportValues = ValuesOf<typeof importOptions>

/** Runs the command and returns its exit status. Not called `import`, which is a reserved word. */
export function importCommand(argv: readonly string[], io: Io): Promise<number> {
  return runCommand(importSpec, argv, io, async ({ positionals, values }) => {
    const { file, source } = filesOf(positionals, io)
    rejectUnencodablePath(source)
    await importInto(file, source, values, io)
    return 0
  })
}

/** FILE may be omitted before a SOURCE that cannot be it, and where users come from a pipe. */
function filesOf(
  positionals: readonly string[],
  io: Io,
): { readonly file: string; readonly source: string | undefined } {
  const [first, second, ...more] = positionals
  if (more.length > 0 || (first === undefined && io.isTerminal(0)))
    throw usageError(`expected [FILE] SOURCE, got ${positionals.join(' ') || 'nothing'}`)
  if (first !== undefined && (second !== undefined || !isSourceName(first)))
    return { file: first, source: second }
  return { file: defaultFile(io.env), source: first }
}

async function importInto(
  file: string,
  source: string | undefined,
  values: ImportValues,
  io: Io,
): Promise<void> {
  const hashing: HashOptions = {
    format: values.hash,
    ...(values.cost !== undefined && { cost: values.cost }),
    ...(values.rounds !== undefined && { rounds: values.rounds }),
  }
  // throws for --cost with a format that has no cost
  needsRehash('', hashing)
  const { 'on-conflict': onConflict, 'dry-run': dryRun } = values
  const generation = generationOf(values)
  const isShown = isToBeShown(values)
  if (isShown && values.json) throw usageError('--json needs --generate-to FILE for the generated passwords')
  if (isShown && !dryRun) rejectLostOutput(io, 1)
  rejectExisting(values)
  checkAccess(file, 'create')

  const { rows, notes } = await readSource(source, values, io)
  const notify = (lines: readonly string[]): void => {
    for (const line of lines) io.err(`${line}\n`)
  }
  // before hours of hashing, and before an error that they may explain
  notify(notes)
  const { document, isMissing } = await readDocument(file)
  const plan = planImport(rows, {
    onConflict,
    isThere: user => document.has(user),
    toBytes: password => password,
    generate: generation && (() => generatePassword(generation)),
    hint: '--generate makes one',
  })
  notify(cutWarning(plan, values.hash))
  if (plan.users.size === 0) notify([`Note: ${sourceName(source)} has no users.`])
  const report = dryRun
    ? applyImport(document, plan, onConflict)
    : await carryOut(file, plan, hashing, values, io)
  const made = isMissing && report.added.length > 0
  const outcome = { file, made, dryRun, report }
  if (values.json) writeReport(io, outcome)
  else io.err(textOf(outcome, onConflict))
}

const sourceName = (source = '-'): string => (source === '-' ? 'standard input' : source)

async function readDocument(file: string): Promise<{ document: HtpasswdDocument; isMissing: boolean }> {
  const snapshot = await readSnapshot(file)
  const document = new HtpasswdDocument(snapshot?.bytes)
  rejectMalformed(document, file)
  return { document, isMissing: snapshot === undefined }
}

async function carryOut(
  file: string,
  plan: ImportPlan,
  hashing: HashOptions,
  values: ImportValues,
  io: Io,
): Promise<ImportReport> {
  const progress = showProgress(io)
  try {
    await hashPlan(plan, hashing, progress.update)
  } finally {
    progress.end()
  }
  const delivered = new Set<string>()
  const deliver = (users: readonly string[]): void => {
    const lines = generatedLines(plan, new Set(users.filter(user => !delivered.has(user))))
    for (const user of users) delivered.add(user)
    if (lines.length > 0) io.deliver(1, lines)
  }
  const write = () =>
    updateFile(
      file,
      document => {
        rejectMalformed(document, file)
        const report = applyImport(document, plan, values['on-conflict'])
        // before the file is written: if the passwords cannot be delivered, nothing is stored
        if (isToBeShown(values)) deliver([...report.added, ...report.updated])
        return report
      },
      { create: true, inPlace: values['in-place'], onPrivate: () => io.err(privateFile(file)) },
    )
  const passwords = generatedLines(plan)
  let report: ImportReport | undefined
  const writeIt = async (): Promise<boolean> => {
    report = await write()
    return true
  }
  // the text ends with a newline already
  if (passwords.length > 0) await updateWith(values, toByteString(passwords.subarray(0, -1)), file, writeIt)
  return report ?? write()
}

/** The generated passwords; with `written`, only of these users. */
function generatedLines({ users }: ImportPlan, written?: ReadonlySet<string>): Buffer {
  const lines = [...users.values()]
    .filter(({ name, generated }) => generated !== undefined && written?.has(name) !== false)
    .map(({ name, generated }) => `${encodeSurrogateEscape(name)}:${generated}\n`)
  return Buffer.from(lines.join(''), 'latin1')
}
