// Copies attributes to a new file from the one that it replaces: owner, mode, ACL and extended attributes (SELinux
// label, user.*).
import { type BigIntStats, constants, existsSync } from 'node:fs'
import { copyFile, type FileHandle, open } from 'node:fs/promises'
import { promisify } from 'node:util'

/** The part of the old file's stats that the new one gets. */
export type FileLike = Pick<BigIntStats, 'uid' | 'gid' | 'mode'>

/** The new file cannot be made like the old one, so the old one has to be written in place. */
export class CannotKeepError extends Error {}

/** GNU cp. Node has no calls for ACLs and extended attributes, and a program by its full path is surely the system's. */
const CP = ['/bin/cp', '/usr/bin/cp'].find(path => existsSync(path))

/**
 * Creates the new file: nobody else can read it before it is complete.
 *
 * @param previousPath the file that it replaces; none for a new file.
 * @param newMode of a new file, less the umask.
 */
export async function createLike(
  path: string,
  previousPath: string | undefined,
  newMode = 0o666,
): Promise<FileHandle> {
  if (process.platform !== 'darwin' || previousPath === undefined)
    return await open(path, 'wx', previousPath === undefined ? newMode : 0o600)
  // macOS copies ACL and extended attributes with the content (copyfile(3), COPYFILE_ALL)
  await copyFile(previousPath, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
  const handle = await open(path, 'r+')
  await handle.truncate()
  return handle
}

/**
 * Gives the complete new file everything that the old one has.
 *
 * @throws CannotKeepError if that is not possible: no permission, another program than GNU cp, a file system without it.
 */
export async function keepAttributes(
  handle: FileHandle,
  path: string,
  previous: FileLike,
  previousPath: string,
): Promise<void> {
  if (process.platform === 'win32') return
  try {
    const now = await handle.stat({ bigint: true })
    if (now.uid !== previous.uid || now.gid !== previous.gid)
      await handle.chown(Number(previous.uid), Number(previous.gid))
    if (process.platform === 'linux') await copyAclAndAttributes(previousPath, path)
    // with an ACL the group bits are its mask (acl(5)), so chmod only where the mode is to change
    const { mode } = await handle.stat({ bigint: true })
    if ((mode & 0o7777n) !== (previous.mode & 0o7777n)) await handle.chmod(Number(previous.mode & 0o7777n))
  } catch (error) {
    throw new CannotKeepError('cannot keep owner, mode, ACL or extended attributes', { cause: error })
  }
}

/**
 * `--preserve=mode` sets the ACL too, and removes the entries that a default ACL of the folder gave the new file. Without GNU cp, as
 * in a minimal container, nothing can tell whether there is an ACL: that is an error, and the file is written in place.
 */
async function copyAclAndAttributes(from: string, to: string): Promise<void> {
  if (CP === undefined) throw new Error('no cp in /bin or /usr/bin')
  const args = ['--attributes-only', '--preserve=mode,xattr', '--no-dereference', '--', from, to]
  // loaded only here, so that reading a file does not pay for it
  const { execFile } = await import('node:child_process')
  await promisify(execFile)(CP, args, { timeout: 10_000 })
}

/**
 * Whether a file has an ACL, as far as `ls` tells. The group bits of its mode are then the mask, which limits all named
 * users and groups, and say nothing about the owning group.
 */
export async function hasAcl(path: string): Promise<boolean> {
  if (process.platform !== 'linux') return false
  const { execFile } = await import('node:child_process')
  const listed = await promisify(execFile)('/bin/ls', ['-ldn', '--', path]).catch(() => ({ stdout: '' }))
  return /^\S{10}\+/.test(listed.stdout)
}
