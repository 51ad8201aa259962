// No hash at all: only where the caller names it, for `htpasswd -p` and servers on Windows that compare the text.
import type { HashFormat } from '../format.ts'

export const plaintext: HashFormat<'plaintext'> = {
  id: 'plaintext',
  // any text would do, so no stored text is ever taken for it: a locked or unknown record must not match itself
  matchesPrefix: () => false,
  identify: () => undefined,
  setting: () => '',
  compute: password => password,
  estimateMs: () => 0,
}
