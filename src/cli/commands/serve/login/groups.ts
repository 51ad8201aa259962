// The groups of the guard: the current content of the group file, and reports of its changes for the operator.
import type { GroupLookup } from '../../../../access/rules.ts'
import { comparableName } from '../../../../bytes.ts'
import { Groups } from '../../../../document/groups.ts'
import { lineError } from '../../../../errors.ts'
import { isGroupInHeader } from '../../../../http/proxy/header-lists.ts'
import { LiveText } from '../../../../store/live-text.ts'
import { count } from '../../../terminal/output.ts'
import type { OnReload } from '../metrics/reloads.ts'

/** While the file cannot be read, no one is in any group. */
const NO_GROUPS = new Groups()

export class LiveGroups implements GroupLookup {
  readonly path: string
  readonly #live: LiveText<Groups>

  private constructor(live: LiveText<Groups>) {
    this.path = live.path
    this.#live = live
  }

  /**
   * @param inHeader whether the names are sent in a header.
   * @throws HtpasswdError for a file that cannot be read, and for an invalid line or name, with file and line.
   */
  static async open(path: string, inHeader: boolean): Promise<LiveGroups> {
    const parse = (bytes: Buffer, name: string): Groups => {
      const groups = new Groups(bytes, name)
      if (inHeader) rejectSeparators(groups, name)
      return groups
    }
    return new LiveGroups(await LiveText.open(path, { parse, unreadable: NO_GROUPS }))
  }

  groupsOf(user: string): readonly string[] {
    return this.#live.value.groupsOf(user)
  }

  get isComplete(): boolean {
    return this.#live.value !== NO_GROUPS
  }

  has(group: string): boolean {
    return this.#live.value.groups().some(name => comparableName(name) === comparableName(group))
  }

  /** Reports changes until it is disposed of. */
  report(notify: (text: string) => void, onReload?: OnReload): Disposable {
    return this.#live.watch({
      onChange: () => {
        onReload?.('groups', true)
        notify(`${this.path} was read again: ${count(this.#live.value.groups().length, 'group')}`)
      },
      onError: error => {
        onReload?.('groups', false)
        const state = this.isComplete
          ? 'the groups read last stay in force'
          : 'no one is in any group until then'
        notify(`warning: ${error.message}; ${state}`)
      },
    })
  }
}

/** @throws HtpasswdError `ERR_RECORD` for a group name that an app would read as two. */
function rejectSeparators(groups: Groups, path: string): void {
  const name = groups.groups().find(group => !isGroupInHeader(group))
  if (name === undefined) return
  const fault = `expected group names without commas and control characters, which a header cannot hold, got ${JSON.stringify(name)}`
  throw lineError(path, groups.lineOf(name), fault)
}
