# What runs inside PowerShell. ASCII, and the same for Windows PowerShell 5.1 and PowerShell 7.
#
#   console's runspace    waits, in .NET, so that nothing interrupts it
#     `- loop's           server --"TOKEN PATH"--> loop --marks--> stdout and stderr, then "TOKEN CODE" --> server
#          |- commands'   each command a pipeline of its own, run as the console itself runs what is typed
#          `- listener's  reads the channel for the loop: server --"stop TOKEN"--> listener --"TOKEN stopping"--> server
#
# Four runspaces, because of what a command may do. In a runspace of their own, commands see no variable of ours, and
# none of their break, trap, strict mode or error preference reaches the loop. And an interrupt (SIGINT, Ctrl-C) ends the
# pipeline of the console's runspace for good: nothing that has to go on may run there.
$loop = [System.Management.Automation.Runspaces.InitialSessionState]::Create()
$loop.LanguageMode = 'FullLanguage'
$loop = [System.Management.Automation.Runspaces.RunspaceFactory]::CreateRunspace($loop)
$loop.Open()
$loop.SessionStateProxy.SetVariable('internalHost', $Host)
$loop.SessionStateProxy.SetVariable('profilePaths', $PROFILE)
[void]$loop.CreatePipeline({
  $bare = [System.Management.Automation.Runspaces.InitialSessionState]::Create()
  $bare.LanguageMode = 'FullLanguage'
  # `exit` in a runspace sets a flag of the console, and the console raises no event for it.
  $hidden = [System.Reflection.BindingFlags]'Instance, NonPublic'
  $console = $internalHost.GetType().GetProperty('ExternalHost', $hidden).GetValue($internalHost, $null)
  $ending = $console.GetType().GetProperty('ShouldEndSession', $hidden)
  $over = [System.Threading.Tasks.TaskCompletionSource[bool]]::new()
  try {
    $utf8 = [System.Text.UTF8Encoding]::new($false)
    # Windows speaks the OEM code page otherwise, and loses what the page lacks.
    try { [Console]::OutputEncoding = $utf8 } catch { }
    $in = [Console]::OpenStandardInput()
    $out = [Console]::OpenStandardOutput()
    $err = [Console]::OpenStandardError()
    $open = {
      param($stream)
      $opened = [System.IO.StreamWriter]::new($stream, $utf8, 1024, $true)
      $opened.AutoFlush = $true
      $opened
    }
    # The console takes its writer for output when it first needs it, and keeps it.
    [Console]::SetOut((& $open $out))
    [void]$console.GetType().GetProperty('OutputSerializer', $hidden).GetValue($console, $null)

    $commands = [System.Management.Automation.Runspaces.InitialSessionState]::CreateDefault2()
    $commands = [System.Management.Automation.Runspaces.RunspaceFactory]::CreateRunspace($console, $commands)
    $commands.ThreadOptions = 'ReuseThread'
    # As the console would have it: COM objects of the desktop need STA. Elsewhere there is no such thing.
    try { $commands.ApartmentState = 'STA' } catch { }
    $commands.Open()
    $commands.SessionStateProxy.SetVariable('PROFILE', $profilePaths)
    # $? lasts from pipeline to pipeline, and much that a command can be does not touch it.
    $engine = [System.Management.Automation.Runspaces.Runspace].GetProperty('ExecutionContext', $hidden).GetValue($commands, $null)
    $success = $engine.GetType().GetProperty('QuestionMarkVariableValue', $hidden)
    # A command may be a megabyte of text, and thousands of them would be kept.
    $commands.SessionStateProxy.SetVariable('MaximumHistoryCount', 64)
    # Strict mode makes an error of reading it before there was a native program.
    $commands.SessionStateProxy.SetVariable('LASTEXITCODE', $null)

    # The command that runs, or ran last, under its token; to stop what has ended does nothing.
    $turn = [Tuple[string, System.Management.Automation.Runspaces.Pipeline]]
    $current = [System.Runtime.CompilerServices.StrongBox[Tuple[string, System.Management.Automation.Runspaces.Pipeline]]]::new()
    $current.Value = $turn::new('', $commands.CreatePipeline())
    # An interrupt stops it. .NET alone: the thread that a signal arrives on has no runspace to run script in.
    $pipeline = [System.Linq.Expressions.Expression]::Field([System.Linq.Expressions.Expression]::Constant($current), 'Value')
    $pipeline = [System.Linq.Expressions.Expression]::Property($pipeline, 'Item2')
    $stop = [System.Linq.Expressions.Expression]::Call($pipeline, [System.Management.Automation.Runspaces.Pipeline].GetMethod('StopAsync'))
    $arguments = [System.Linq.Expressions.ParameterExpression[]]@(
      [System.Linq.Expressions.Expression]::Parameter([object]),
      [System.Linq.Expressions.Expression]::Parameter([System.ConsoleCancelEventArgs])
    )
    [Console]::add_CancelKeyPress(
      [System.Linq.Expressions.Expression]::Lambda([System.ConsoleCancelEventHandler], $stop, $arguments).Compile())

    # Asynchronous, or on Windows nothing could be written while somebody reads.
    $pipe = [System.IO.Pipes.NamedPipeClientStream]::new('.', '@CHANNEL@', 'InOut', 'Asynchronous')
    $pipe.Connect(30000)
    $reader = [System.IO.StreamReader]::new($pipe, $utf8)
    $writer = [System.IO.StreamWriter]::new($pipe, $utf8)
    $writer.AutoFlush = $true
    $writer = [System.IO.TextWriter]::Synchronized($writer)
    $lines = [System.Collections.Concurrent.BlockingCollection[string]]::new()

    $listener = [System.Management.Automation.Runspaces.RunspaceFactory]::CreateRunspace($bare)
    $listener.Open()
    $listener.SessionStateProxy.SetVariable('reader', $reader)
    $listener.SessionStateProxy.SetVariable('writer', $writer)
    $listener.SessionStateProxy.SetVariable('lines', $lines)
    $listener.SessionStateProxy.SetVariable('current', $current)
    $listener.SessionStateProxy.SetVariable('over', $over)
    $listener.SessionStateProxy.SetVariable('engine', $engine)
    $listener.SessionStateProxy.SetVariable('stopping', $engine.GetType().GetProperty('CurrentPipelineStopping', $hidden))
    $listening = $listener.CreatePipeline({
      try {
        while ($true) {
          $next = $reader.ReadLineAsync()
          # A thread that waited for the next line alone would keep the process from ending.
          if ([System.Threading.Tasks.Task]::WaitAny([System.Threading.Tasks.Task[]]@($next, $over.Task)) -ne 0) { break }
          $line = $next.Result
          if ($null -eq $line) { break }
          $word, $token = $line.Split([char]32)
          $turn = $current.Value
          if ($word -ne 'stop') {
            $lines.Add($line)
          } elseif ($turn.Item1 -eq $token) {
            $turn.Item2.StopAsync()
            # It has begun in a moment: reported too early, the command might go on when one of its programs is ended.
            for ($moment = 0; $moment -lt 200 -and $turn.Item2.PipelineStateInfo.State -eq 'Stopping'; $moment += 1) {
              if ($stopping.GetValue($engine, $null)) { break }
              [System.Threading.Thread]::Sleep(1)
            }
            $writer.WriteLine($token + ' stopping')
          }
        }
      } finally {
        $lines.CompleteAdding()
      }
    }.ToString())
    $listening.Input.Close()
    $listening.InvokeAsync()
    $writer.WriteLine('ready 0')

    $native = $null
    $succeeded = $true
    $seeded = $false
    foreach ($line in $lines.GetConsumingEnumerable()) {
      $token, $path = $line.Split([char]32)
      $threw = 0
      $pipeline = $null
      # What a command does to these lasts no longer than the command, and what it left in the reader's buffer neither.
      [Console]::SetOut((& $open $out))
      [Console]::SetError((& $open $err))
      [Console]::SetIn([System.IO.StreamReader]::new($in, $utf8, $false, 1024, $true))
      try {
        $text = [System.IO.File]::ReadAllText($utf8.GetString([Convert]::FromBase64String($path)))
        # Who does not ask for that of the command before must not be judged by it.
        $success.SetValue($engine, $succeeded -or -not $text.Contains('$?'), $null)
        # In history, as what is typed: only then $? is still there when the pipeline has ended. But the first is the seed.
        $pipeline = $commands.CreatePipeline($text, $seeded)
        $seeded = $true
        $current.Value = $turn::new($token, $pipeline)
        $pipeline.Commands[0].MergeMyResults('Error', 'Output')
        # By its short name transcripts know it; a function of that name is passed by.
        $display = 'Out-Default'
        try {
          if ($commands.SessionStateProxy.InvokeProvider.Item.Exists('Function:\Out-Default')) {
            $display = 'Microsoft.PowerShell.Core\Out-Default'
          }
        } catch { }
        $pipeline.Commands.Add([System.Management.Automation.Runspaces.Command]::new($display))
        $pipeline.Input.Close()
        [void]$pipeline.Invoke()
      } catch {
        $threw = 1
        # What the pipeline threw, out of what calling a method wraps it in.
        $failure = $_.Exception
        if ($null -ne $failure.InnerException) { $failure = $failure.InnerException }
        if ($pipeline.PipelineStateInfo.State -ne 'Stopped') {
          $report = ''
          try {
            $record = [System.Management.Automation.ErrorRecord]::new($failure.ErrorRecord, $failure)
            $rendering = $commands.CreatePipeline('$input | Microsoft.PowerShell.Utility\Out-String', $false)
            $report = (-join $rendering.Invoke(@($record))).TrimEnd()
          } catch { }
          # Of text that is not complete PowerShell's view of errors shows nothing.
          if ($report -eq '') { $report = $failure.Message }
          (& $open $err).WriteLine($report)
        }
      }
      if ($ending.GetValue($console, $null)) { break }

      $code = $threw
      $succeeded = $code -eq 0 -and $success.GetValue($engine, $null)
      if (-not $succeeded) { $code = 1 }
      # Whether a native program has set its code is seen by the object: the same number set again is another one.
      $before = $native
      try {
        $native = $commands.SessionStateProxy.GetVariable('LASTEXITCODE')
      } catch {
        # An event is being served in between: a pipeline waits for its end.
        try { $native, $null = $commands.CreatePipeline('$global:LASTEXITCODE', $false).Invoke() } catch { }
      }
      if (-not [object]::ReferenceEquals($before, $native) -and ($native -or -not $threw)) {
        $code = $native -as [int]
        # A command has set it to what is no exit code.
        if ($null -eq $code) { $code = 1 }
      }
      if ($pipeline.PipelineStateInfo.State -eq 'Stopped') { $code = 130 }

      try { [Console]::Out.Flush(); [Console]::Error.Flush() } catch { }
      $mark = $utf8.GetBytes([string][char]1 + 'agent-server:' + $token)
      $out.Write($mark, 0, $mark.Length)
      $err.Write($mark, 0, $mark.Length)
      $writer.WriteLine($token + ' ' + $code)
    }
    $commands.Close()
  } finally {
    [void]$over.TrySetResult($true)
    # The server has gone, or we have failed: without this the console would go on reading commands from stdin.
    if (-not $ending.GetValue($console, $null)) { $console.SetShouldExit(1) }
  }
}.ToString()).Invoke()
