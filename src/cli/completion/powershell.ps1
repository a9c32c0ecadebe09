# Completion of agent-server in PowerShell. Each word has a dot in front, because an empty one would not be passed on.
Register-ArgumentCompleter -Native -CommandName 'agent-server', 'agent-server.exe' -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $elements = @($commandAst.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursorPosition })
  $words = @($elements | Select-Object -Skip 1 | ForEach-Object {
    # What is in quotes has a value, also where they are still open; in strict mode nothing else may be asked for one.
    if ($_.PSObject.Properties['Value']) { '.' + $_.Value } else { '.' + $_.Extent.Text.Trim('"', "'") }
  })
  if ($wordToComplete -eq '') { $words += '.' }
  & $commandAst.GetCommandName() __complete @words 2>$null | ForEach-Object {
    $value, $meaning = $_ -split "`t", 2
    if (-not $meaning) { $meaning = $value }
    $typed = if ($value -match '^-{0,2}\w[\w./:=+-]*$') { $value } else { "'" + $value.Replace("'", "''") + "'" }
    [System.Management.Automation.CompletionResult]::new($typed, $value, 'ParameterValue', $meaning)
  }
}
