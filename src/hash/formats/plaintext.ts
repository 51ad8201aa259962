// No hash at all: used only where it is named, for `htpasswd -p` and servers on Windows that compare the text.
import type { HashFormat } from '../format.ts'

export const plaintext: HashFormat<'plaintext'> = {
  id: 'plaintext',
  // any text would match, so no stored text is recognised as it: a locked or unknown record must not match itself
  matchesPrefix: () => false,
  identify: () => undefined,
  setting: () => '',
  compute: password => password,
  estimateMs: () => 0,
}
