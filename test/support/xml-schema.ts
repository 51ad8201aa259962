// Checks XML by the schema of the system that it is for, with xmllint.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { findProgram, skipReason } from './outside-program.ts'

const xmllint = findProgram('xmllint')
export const noXmllint = skipReason({ xmllint })

/** What xmllint says against it; nothing where it fits. */
export function faultsOf(xml: string | Uint8Array, schema: 'task.xsd' | 'PropertyList-1.0.dtd'): string {
  const path = fileURLToPath(new URL(`../command/schemas/${schema}`, import.meta.url))
  const words = ['--noout', '--nonet', schema.endsWith('.dtd') ? '--dtdvalid' : '--schema', path, '-']
  const { status, stderr } = spawnSync(xmllint as string, words, { input: xml, encoding: 'utf8' })
  return status === 0 ? '' : stderr
}
