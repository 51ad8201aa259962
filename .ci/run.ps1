# Lands or rejects a change on Windows, as .ci/run does on Debian.
$ErrorActionPreference = 'Stop'
Set-Location (Join-Path $PSScriptRoot '..')
# with CI=true a missing program fails its test; here Apache, nginx and the others are missing, and skipped with a reason
$env:CI = ''
foreach ($step in 'ci --no-audit --no-fund', 'run build', 'run check', 'test') {
  Write-Output "== npm $step"
  & npm.cmd $step.Split(' ')
  if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
}
