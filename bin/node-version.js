// Ends the process on a Node that is too old, before anything is loaded that it cannot read.
var oldest = { 20: 19, 22: 12 }
var parts = process.versions.node.split('.')
var major = Number(parts[0])
var minor = Number(parts[1])

if (major < 23 && !(minor >= oldest[major])) {
  process.stderr.write(
    'htpasswd: needs Node 20.19 or newer (22.12 in series 22), and this is Node ' +
      process.versions.node +
      '. Install a newer one from https://nodejs.org, or the package for Python, which needs no Node: ' +
      'pip install htpasswd-kit\n',
  )
  process.exit(1)
}
