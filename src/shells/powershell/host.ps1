# What runs inside PowerShell: a loop that takes commands from a channel of its own, so that stdin
# belongs to the commands. ASCII, and the same for Windows PowerShell 5.1 and PowerShell 7.
#
#   server --"TOKEN PATH"--> loop --marks--> stdout and stderr, then "TOKEN CODE" --> server
#
# It is dot-sourced at the top, so that what a command defines is global, for modules too. All it needs
# lives in one constant, which a command can see but neither replace nor remove; what it calls it calls
# by full name, whatever functions and aliases of that name a command has made.
Microsoft.PowerShell.Utility\New-Variable -Name __agent_server -Scope Global -Option Constant -Value @{
  Line = $null; Token = ''; Path = ''; Text = ''; Block = $null; Ok = $true; Threw = $false; Code = 0; Mark = $null
  # Our own marks go past whatever [Console]::SetOut has put in the way.
  Out = [Console]::OpenStandardOutput(); Err = [Console]::OpenStandardError()
  Utf8 = [System.Text.UTF8Encoding]::new($false)
  Pipe = [System.IO.Pipes.NamedPipeClientStream]::new('.', '@CHANNEL@', [System.IO.Pipes.PipeDirection]::InOut)
  Reader = $null; Writer = $null
}
# Windows speaks the OEM code page otherwise, and loses what the page lacks.
[Console]::OutputEncoding = $__agent_server.Utf8
$__agent_server.Pipe.Connect(30000)
$__agent_server.Reader = [System.IO.StreamReader]::new($__agent_server.Pipe, $__agent_server.Utf8)
$__agent_server.Writer = [System.IO.StreamWriter]::new($__agent_server.Pipe, $__agent_server.Utf8)
$__agent_server.Writer.AutoFlush = $true
$__agent_server.Writer.WriteLine('ready 0')

while ($null -ne ($__agent_server.Line = $__agent_server.Reader.ReadLine())) {
  $__agent_server.Token, $__agent_server.Path = $__agent_server.Line.Split([char]32)
  $__agent_server.Ok = $true
  $__agent_server.Threw = $false
  $global:LASTEXITCODE = $null
  # A loop of one round: a stray break or continue in the command ends it, and not the loop outside.
  do {
    try {
      $__agent_server.Path = $__agent_server.Utf8.GetString([Convert]::FromBase64String($__agent_server.Path))
      $__agent_server.Text = [System.IO.File]::ReadAllText($__agent_server.Path)
      # Alone first, so that the parser's message speaks of the command and of nothing else.
      $__agent_server.Block = [ScriptBlock]::Create($__agent_server.Text)
    } catch {
      $__agent_server.Threw = $true
      [Console]::Error.WriteLine($_.Exception.GetBaseException().Message)
      break
    }
    try {
      # $? must be read before anything else runs. Two line ends: the first may follow a continuation mark.
      $__agent_server.Block = [ScriptBlock]::Create($__agent_server.Text + "`n`n" + '$__agent_server.Ok = $?')
    } catch {
      # A text of begin, process and end blocks takes no further line, and has no $? of its own.
    }
    try {
      . $__agent_server.Block | Microsoft.PowerShell.Core\Out-Default
    } catch {
      $__agent_server.Threw = $true
      [Console]::Error.WriteLine(($_ | Microsoft.PowerShell.Utility\Out-String).TrimEnd())
    }
  } while ($false)
  if ($__agent_server.Threw) {
    $__agent_server.Code = 1
    if ($global:LASTEXITCODE) { $__agent_server.Code = $global:LASTEXITCODE }
  } elseif ($null -ne $global:LASTEXITCODE) {
    $__agent_server.Code = $global:LASTEXITCODE
  } else {
    $__agent_server.Code = [int](-not $__agent_server.Ok)
  }
  $__agent_server.Mark = [System.Text.Encoding]::ASCII.GetBytes([string][char]1 + 'agent-server:' + $__agent_server.Token)
  [Console]::Out.Flush()
  $__agent_server.Out.Write($__agent_server.Mark, 0, $__agent_server.Mark.Length)
  $__agent_server.Out.Flush()
  [Console]::Error.Flush()
  $__agent_server.Err.Write($__agent_server.Mark, 0, $__agent_server.Mark.Length)
  $__agent_server.Err.Flush()
  $__agent_server.Writer.WriteLine($__agent_server.Token + ' ' + $__agent_server.Code)
}
