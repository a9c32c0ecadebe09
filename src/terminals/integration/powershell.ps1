# agent-server: marks (OSC 133) around prompts and commands, so that programs can tell where a command ends.
# Run after the profile, in PowerShell 7 and Windows PowerShell 5.1.
if ($env:AGENT_SERVER_MARK_SECRET) {
  $Global:__AgentServer = @{
    Mark      = "$([char]27)]133;"
    Aid       = ";aid=$env:AGENT_SERVER_MARK_SECRET$([char]7)"
    Prompt    = $function:prompt
    ReadLine  = $function:PSConsoleHostReadLine
    Ran       = $true
    # The latest error there was at the last prompt.
    LastError = $Error[0]
  }
  Remove-Item Env:AGENT_SERVER_MARK_SECRET

  function Global:prompt {
    $succeeded = $global:?
    Set-StrictMode -Off
    $mark = $Global:__AgentServer.Mark
    $aid = $Global:__AgentServer.Aid
    $exitCode = 0
    if (-not $succeeded) {
      $exitCode = 1
      # A native command leaves no error behind; after one of PowerShell's own the exit code is that of an earlier command.
      $native = [object]::ReferenceEquals($global:Error[0], $Global:__AgentServer.LastError)
      if ($native -and $global:LASTEXITCODE) { $exitCode = $global:LASTEXITCODE }
    }
    $Global:__AgentServer.LastError = $global:Error[0]
    # The prompt of the user is to see the same $?.
    if (-not $succeeded) { Write-Error 'failed' -ErrorAction Ignore }
    $text = & $Global:__AgentServer.Prompt
    # A prompt that is only drawn again ends no command.
    $done = ''
    if ($Global:__AgentServer.Ran) { $done = "${mark}D;$exitCode$aid" }
    if ($Global:__AgentServer.ReadLine) { $Global:__AgentServer.Ran = $false }
    "$done${mark}A$aid$text${mark}B$aid"
  }

  # PSReadLine's. Without it there is no mark where the output begins.
  if ($Global:__AgentServer.ReadLine) {
    function Global:PSConsoleHostReadLine {
      $line = & $Global:__AgentServer.ReadLine
      $Global:__AgentServer.Ran = $true
      [Console]::Write($Global:__AgentServer.Mark + 'C' + $Global:__AgentServer.Aid)
      $line
    }
  }
}
