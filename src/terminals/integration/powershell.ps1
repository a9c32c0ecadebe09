# agent-server: marks (OSC 133) around prompts and commands, so that programs can tell where a command ends.
# Run after the profile, in PowerShell 7 and Windows PowerShell 5.1.
#
# Profiles, modules and people define `prompt` and `PSConsoleHostReadLine` again at any time: each of ours puts the other
# around what is there now. What is readonly is left.
if ($env:AGENT_SERVER_MARK_SECRET) {
  $Global:__AgentServer = @{
    Mark      = "$([char]27)]133;"
    Aid       = ";aid=$env:AGENT_SERVER_MARK_SECRET$([char]7)"
    Ran       = $true
    # Whether there was a prompt since a line was read: else the next line belongs to the same command.
    Prompted  = $true
    Count     = 0
    # The latest error there was at the last prompt.
    LastError = $Error[0]
  }
  Remove-Item Env:AGENT_SERVER_MARK_SECRET

  # Makes ours of theirs, in a scope of its own: one of theirs may call an earlier one of ours.
  $Global:__AgentServer.prompt = {
    param($theirs)
    {
      $succeeded = $global:?
      Set-StrictMode -Off
      $state = $Global:__AgentServer
      $mark = $state.Mark
      $aid = $state.Aid
      $exitCode = 0
      if (-not $succeeded) {
        $exitCode = 1
        # A native command leaves no error behind; after one of PowerShell's own the exit code is that of an earlier command.
        $native = [object]::ReferenceEquals($global:Error[0], $state.LastError)
        if ($native -and $global:LASTEXITCODE) { $exitCode = $global:LASTEXITCODE }
      }
      $state.LastError = $global:Error[0]
      $marksEnd = & $state.Hook PSConsoleHostReadLine
      # A prompt that is only drawn again ends no command. Without the line editor nothing tells it apart.
      $done = ''
      if ($state.Ran) {
        $state.Count += 1
        $done = "${mark}D;$exitCode$aid"
      }
      $start = "${mark}A;$exitCode;$($state.Count)$aid"
      if ($marksEnd) { $state.Ran = $false }
      $state.Prompted = $true
      # The prompt of the user is to see the same $?.
      if (-not $succeeded) { Write-Error 'failed' -ErrorAction Ignore }
      $text = & $theirs
      "$done$start$text${mark}B$aid"
    }.GetNewClosure()
  }

  # PSReadLine's. Without it there is no mark where the output begins.
  $Global:__AgentServer.PSConsoleHostReadLine = {
    param($theirs)
    {
      $state = $Global:__AgentServer
      $marked = & $state.Hook prompt
      if ($marked -and -not $state.Prompted) { [Console]::Write($state.Mark + 'P' + $state.Aid) }
      $line = & $theirs
      $state.Ran = $true
      $state.Prompted = $false
      [Console]::Write($state.Mark + 'C' + $state.Aid)
      $line
    }.GetNewClosure()
  }

  # Whether the function of that name was ours; it is from now on, where it can be.
  $Global:__AgentServer.Hook = {
    param($name)
    Set-StrictMode -Off
    $function = Get-Item "Function:$name" -ErrorAction Ignore
    if ($null -eq $function) { return $false }
    if ("$($function.ScriptBlock)".Contains('__AgentServer')) { return $true }
    if ($function.Options -band [Management.Automation.ScopedItemOptions]'ReadOnly, Constant') { return $false }
    Set-Item "Function:Global:$name" (& $Global:__AgentServer[$name] $function.ScriptBlock)
    $false
  }

  $null = & $Global:__AgentServer.Hook prompt
  $null = & $Global:__AgentServer.Hook PSConsoleHostReadLine
}
