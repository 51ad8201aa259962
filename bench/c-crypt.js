// crypt(3) of the system's C library, timed inside its own process so that starting it is not counted.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const LOOP_IN_C = `
#include <crypt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
int main(int argc, char **argv) {
  static struct crypt_data data;
  int calls = atoi(argv[3]);
  struct timespec from, to;
  clock_gettime(CLOCK_MONOTONIC, &from);
  for (int i = 0; i < calls; i++) {
    const char *hash = crypt_r(argv[1], argv[2], &data);
    if (hash == NULL || strcmp(hash, argv[2]) != 0) return 1;
  }
  clock_gettime(CLOCK_MONOTONIC, &to);
  printf("%.3f\\n", ((to.tv_sec - from.tv_sec) * 1e9 + (to.tv_nsec - from.tv_nsec)) / 1e3 / calls);
  return 0;
}
`

const LOOP_IN_PERL = `
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);
my ($password, $hash, $calls) = @ARGV;
my $from = clock_gettime(CLOCK_MONOTONIC);
for (1 .. $calls) { crypt($password, $hash) eq $hash or exit 1 }
printf "%.3f\\n", (clock_gettime(CLOCK_MONOTONIC) - $from) * 1e6 / $calls;
`

/** A function (password, hash, calls) that returns microseconds per crypt(); undefined without a compiler or perl. */
export function cryptOfTheSystem() {
  const folder = mkdtempSync(join(tmpdir(), 'htpasswd-bench-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const source = join(folder, 'loop.c')
  const program = join(folder, 'loop')
  writeFileSync(source, LOOP_IN_C)
  const ways = [
    {
      name: 'crypt_r of libcrypt',
      build: () => run('cc', ['-O2', '-o', program, source, '-lcrypt']),
      command: [program],
    },
    { name: "perl's crypt()", build: () => run('perl', ['-v']), command: ['perl', '-e', LOOP_IN_PERL, '--'] },
  ]
  for (const { name, build, command } of ways) {
    try {
      build()
      const time = (password, hash, calls) =>
        Number(run(command[0], [...command.slice(1), password, hash, String(calls)]))
      return { name, time }
    } catch {
      // try the next one
    }
  }
  return undefined
}

const run = (program, args) =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
