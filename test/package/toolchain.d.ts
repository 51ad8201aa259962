// The types of toolchain.js, which plain Node 20 has to run.
export const nodeVersions: readonly string[]
export const typescriptVersions: readonly string[]
export const howToFetch: string
export function nodeFolder(version: string): string | undefined
export function typescriptCompiler(version: string): string | undefined
export function typesFolder(): string | undefined
