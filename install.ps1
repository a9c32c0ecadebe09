# Installs agent-server on Windows, upgrades it, and removes it again. For Windows PowerShell 5.1 and PowerShell 7.
#
#   irm RELEASE_URL/install.ps1 | iex
#   & ([scriptblock]::Create((irm RELEASE_URL/install.ps1))) -Start logon
#   powershell -ExecutionPolicy Bypass -File install.ps1 -Help
#
# A release writes its address and the SHA-256 of its executables into the block below: what is downloaded must have
# them. It is one file, because it is downloaded as one. All of it is one script block that is called at once: iex runs
# it in the session of whoever calls it, which must keep nothing of it. The braces around that end with the file, so that
# of a download that breaks off nothing is run: it does not parse.
if ($true) { & {
    Set-StrictMode -Version 3.0
    $ErrorActionPreference = 'Stop'
    # PowerShell 7 can turn the exit code of a program into an error; 5.1 cannot, so that it is looked at by hand.
    $PSNativeCommandUseErrorActionPreference = $false

# <release>
$ReleaseUrl = ''
$ReleaseVersion = ''
$ReleaseSums = @'
'@
# </release>

    $HelpText = @'
Installs agent-server for this user, upgrades it when it is there, or removes it.

  irm RELEASE_URL/install.ps1 | iex
  & ([scriptblock]::Create((irm RELEASE_URL/install.ps1))) [options]
  powershell -ExecutionPolicy Bypass -File install.ps1 [options]

  option         variable                        what it does
  -From PLACE    AGENT_SERVER_INSTALL_FROM       take the release from this folder, or this https address
  -Dir FOLDER    AGENT_SERVER_INSTALL_DIR        put the executable here, instead of into
                                                 %LOCALAPPDATA%\Programs\agent-server
  -Start WHEN    AGENT_SERVER_INSTALL_START      logon: start it now and whenever this user logs on; boot: now and
                                                 whenever Windows starts (from an elevated PowerShell); no: no longer
                                                 by itself
  -Tunnel        AGENT_SERVER_INSTALL_TUNNEL     hand --tunnel to the server that is started
  -Register URL  AGENT_SERVER_INSTALL_REGISTER   hand --register URL to it
  -Name NAME     AGENT_SERVER_INSTALL_NAME       hand --name NAME to it
  -NoPath        AGENT_SERVER_INSTALL_NO_PATH    leave the PATH of the user alone
  -Uninstall     AGENT_SERVER_INSTALL_UNINSTALL  remove it; the key and the data stay
  -Purge         AGENT_SERVER_INSTALL_PURGE      with -Uninstall: remove the key and the data too
  -DryRun        AGENT_SERVER_INSTALL_DRY_RUN    say what would be done, and do nothing
  -Help                                          print this

A variable that switches something on is 1 or 0. An option comes before a variable.
'@

    # What has been done so far. Functions change what is in it, because they could not set a variable out here.
    $Done = @{ Changed = $false; Replaced = $false; Kept = '' }

    function Write-Line([string] $Text) { Write-Host "agent-server: $Text" }

    function Stop-Here([string] $Text) { throw "agent-server: $Text" }

    # Says what it is doing, and does it, unless this is a dry run.
    function Invoke-Step([string] $What, [scriptblock] $Action) {
        $Done.Changed = $true
        if ($DryRun) { Write-Line "dry run, not done: $What"; return }
        Write-Line $What
        $null = & $Action
    }

    # Asks until it is so, for at most so many seconds; whether it came to be.
    function Wait-For([int] $Seconds, [scriptblock] $Condition) {
        $watch = [Diagnostics.Stopwatch]::StartNew()
        while (-not (& $Condition)) {
            if ($watch.Elapsed.TotalSeconds -ge $Seconds) { return $false }
            Start-Sleep -Milliseconds 200
        }
        return $true
    }

    function Get-Setting([string] $Name) { [string] [Environment]::GetEnvironmentVariable("AGENT_SERVER_INSTALL_$Name") }

    function Test-Setting([string] $Name) {
        $value = Get-Setting $Name
        if ($value -in '1', 'true', 'yes', 'on') { return $true }
        if ($value -in '', '0', 'false', 'no', 'off') { return $false }
        Stop-Here "AGENT_SERVER_INSTALL_$Name is '$value': use 1 or 0"
    }

    # --- what only Windows has; a test on another system puts its own here -------------------------------------------
# <windows>
    function Assert-System {
        if ($env:OS -ne 'Windows_NT') { Stop-Here 'this is for Windows: on Linux and macOS, use install.sh' }
        if ([Environment]::OSVersion.Version.Build -lt 17763) {
            Stop-Here 'this Windows is too old: agent-server needs Windows 10 version 1809, Windows Server 2019, or a later one'
        }
    }

    # Of the machine itself: the environment of a 32-bit PowerShell, or of one that ARM translates, names another one.
    function Get-Processor {
        $key = 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager\Environment'
        (Get-ItemProperty -LiteralPath $key).PROCESSOR_ARCHITECTURE
    }

    function Get-UserSid { [Security.Principal.WindowsIdentity]::GetCurrent().User.Value }

    function Test-Elevated {
        $principal = New-Object Security.Principal.WindowsPrincipal ([Security.Principal.WindowsIdentity]::GetCurrent())
        $principal.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)
    }

    # As it stands in the registry: what [Environment] returns has its %VARIABLES% replaced, and would be written so.
    function Get-UserPath {
        $key = [Microsoft.Win32.Registry]::CurrentUser.OpenSubKey('Environment')
        if ($null -eq $key) { return '' }
        try { return [string] $key.GetValue('Path', '', 'DoNotExpandEnvironmentNames') } finally { $key.Dispose() }
    }

    function Set-UserPath([string] $Value) {
        $key = [Microsoft.Win32.Registry]::CurrentUser.CreateSubKey('Environment')
        try { $key.SetValue('Path', $Value, 'ExpandString') } finally { $key.Dispose() }
        # Tells the programs that run that the environment has changed; it removes what is not there. $null would become
        # an empty string on the way, with which newer .NET sets a variable.
        [Environment]::SetEnvironmentVariable('AGENT_SERVER_INSTALL_NOTHING', [NullString]::Value, 'User')
    }

    # The exit code and what it printed.
    function Invoke-Program([string] $Path, [string[]] $Arguments) {
        # Where a host makes errors of what it prints to stderr, they must not end this.
        $ErrorActionPreference = 'Continue'
        $output = & $Path @Arguments
        return @{ Code = $LASTEXITCODE; Output = ([string] ($output -join "`n")).Trim() }
    }

    # A Windows that was made small may not have these commands, and then no tasks of ours.
    function Get-Task {
        if ($null -eq (Get-Command Get-ScheduledTask -ErrorAction SilentlyContinue)) { return }
        Get-ScheduledTask -TaskName $TaskName -TaskPath '\' -ErrorAction SilentlyContinue
    }

    # What it says of itself; nothing where there is no task.
    function Get-TaskText { $task = Get-Task; if ($null -ne $task) { $task.Description } else { '' } }

    function Test-TaskRunning { $task = Get-Task; return ($null -ne $task) -and ([string] $task.State -eq 'Running') }

    function Register-Task([string] $Xml) { Register-ScheduledTask -TaskName $TaskName -TaskPath '\' -Xml $Xml -Force }

    function Unregister-Task { Unregister-ScheduledTask -TaskName $TaskName -TaskPath '\' -Confirm:$false }

    function Start-Task { Start-ScheduledTask -TaskName $TaskName -TaskPath '\' }

    # Servers that run from the folder, or with -All everything that does; the one that watches another comes first.
    function Get-Server([switch] $All) {
        Get-CimInstance -ClassName Win32_Process -Filter "Name LIKE 'agent-server%'" |
            Where-Object { $_.ExecutablePath -like ([Management.Automation.WildcardPattern]::Escape($Dir) + '\*') } |
            Where-Object { $All -or "$($_.CommandLine)" -match '\s(serve|--wrapper)(\s|$)' } |
            Sort-Object CreationDate
    }

    function Stop-Server([switch] $All) {
        foreach ($server in @(Get-Server -All:$All)) {
            Stop-Process -Id $server.ProcessId -Force -ErrorAction SilentlyContinue
        }
        if (-not (Wait-For 20 { @(Get-Server -All:$All).Count -eq 0 })) {
            Stop-Here "what runs from $Dir does not end: end agent-server.exe in the Task Manager, and run this again"
        }
    }
# </windows>

    # --- options -----------------------------------------------------------------------------------------------------

    function Assert-Options {
        if ($Start -notin '', 'no', 'logon', 'boot') { Stop-Here "-Start is '$Start': use logon, boot or no" }
        if ($Purge -and -not $Uninstall) { Stop-Here '-Purge goes with -Uninstall' }
        if ($Name -notmatch '^[A-Za-z0-9 ._-]*$') {
            Stop-Here "-Name '$Name' has other characters than letters, digits, spaces and . _ -"
        }
        if ($Register -and $Register -notmatch '^https?://[A-Za-z0-9._~:/?#@!&()*+,;=%\[\]-]+$') {
            Stop-Here "-Register '$Register' is no web address"
        }
        # They would end a string or begin a variable where the folder is named: in the PATH, in the task.
        if ($Dir -match '[%;"<>|*?\r\n]') { Stop-Here "the folder $Dir has characters that cannot be used here: choose another one with -Dir" }
    }

    function Get-FullPath([string] $Path) {
        $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path).TrimEnd('\', '/')
    }

    # --- the release -------------------------------------------------------------------------------------------------

    # The parts of files' names that say what runs on this machine, such as windows-x64; the better one first.
    function Get-Target {
        $processor = Get-Processor
        if ($processor -eq 'AMD64') { return 'windows-x64' }
        # Windows 11 on ARM translates what is for x64.
        if ($processor -eq 'ARM64') { return 'windows-arm64', 'windows-x64' }
        Stop-Here "there is no agent-server for processors of type ${processor}, only for AMD64 and ARM64"
    }

    function Get-PinnedHash([string] $File) {
        foreach ($line in $ReleaseSums -split "`n") {
            if ($line -match '^\s*([0-9a-fA-F]{64})\s+\*?(\S+)\s*$' -and $Matches[2] -eq $File) { return $Matches[1] }
        }
        return ''
    }

    function Test-WebAddress([string] $Address) { $Address -match '^[A-Za-z][A-Za-z0-9+.-]+://' }

    # https; what comes from this machine itself may come without.
    function Assert-Address([string] $Address, [switch] $Redirected) {
        $uri = [Uri] $Address
        $loopback = $uri.Scheme -eq 'http' -and $uri.IsLoopback -and -not $Redirected
        if (($uri.Scheme -ne 'https' -and -not $loopback) -or $uri.UserInfo) {
            Stop-Here "the address $Address is refused: use https (http only for this machine, 127.0.0.1)"
        }
    }

    function Get-Base {
        $base = if ($From) { $From } else { $ReleaseUrl }
        if (-not $base) {
            Stop-Here 'this script does not say where its release is: give it a release with -From, a folder or an https address, or take the install.ps1 of a release'
        }
        if (Test-WebAddress $base) {
            $base = $base.TrimEnd('/')
            Assert-Address $base
            return $base
        }
        if ($base -match '^[\\/]{2}') { Stop-Here "$base is on another machine: give an https address, or a folder of this machine" }
        $base = Get-FullPath $base
        if (-not (Test-Path -LiteralPath $base -PathType Container)) { Stop-Here "there is no folder $base" }
        return $base
    }

    function Get-Response([string] $Address) {
        for ($hop = 0; $hop -le 5; $hop++) {
            $request = [Net.WebRequest]::Create($Address)
            # By hand, because .NET Framework would follow to http.
            $request.AllowAutoRedirect = $false
            $request.Timeout = 60000
            $request.ReadWriteTimeout = 60000
            if ($null -ne $request.Proxy) { $request.Proxy.Credentials = [Net.CredentialCache]::DefaultCredentials }
            $response = $request.GetResponse()
            if ([int] $response.StatusCode -lt 300) { return $response }
            $location = $response.Headers['Location']
            $response.Dispose()
            $Address = (New-Object Uri ([Uri] $Address), $location).AbsoluteUri
            Assert-Address $Address -Redirected
        }
        Stop-Here "$Address redirects too often"
    }

    # Copies or downloads one file of the release.
    function Save-File([string] $File, [string] $To) {
        $source = if (Test-WebAddress $Base) { "$Base/$File" } else { Join-Path $Base $File }
        $from = $null
        $out = $null
        try {
            if (Test-WebAddress $Base) {
                $response = Get-Response $source
                $from = $response.GetResponseStream()
                $length = $response.ContentLength
            }
            else {
                # Read as a stream, so that the mark of a file from the web does not come along.
                $from = [IO.File]::OpenRead($source)
                $length = $from.Length
            }
            $out = [IO.File]::Create($To)
            Copy-Bytes $from $out $length $source
        }
        catch {
            Stop-Here "could not get ${source}: $($_.Exception.GetBaseException().Message) Look at the address, the network and the space on the disk. Nothing was changed"
        }
        finally {
            if ($null -ne $out) { $out.Dispose() }
            if ($null -ne $from) { $from.Dispose() }
        }
    }

    # A length below zero is not known.
    function Copy-Bytes($From, $To, [long] $Length, [string] $What) {
        $buffer = New-Object byte[] 1048576
        $total = [long] 0
        $watch = [Diagnostics.Stopwatch]::StartNew()
        while (($count = $From.Read($buffer, 0, $buffer.Length)) -gt 0) {
            $To.Write($buffer, 0, $count)
            $total += $count
            if ($Length -gt 0 -and $watch.ElapsedMilliseconds -ge 500) {
                $watch.Restart()
                Write-Progress -Activity $What -PercentComplete ([Math]::Min(100, 100 * $total / $Length))
            }
        }
        Write-Progress -Activity $What -Completed
        # The bytes first, then the name: a power failure must not leave an empty file.
        $To.Flush($true)
        if ($Length -ge 0 -and $total -ne $Length) { throw "it ended after $total of $Length bytes." }
    }

    # Get-FileHash is not found by a 5.1 that a PowerShell 7 has started.
    function Get-Sha256([string] $Path) {
        $algorithm = [Security.Cryptography.SHA256]::Create()
        $stream = [IO.File]::OpenRead($Path)
        try { return [BitConverter]::ToString($algorithm.ComputeHash($stream)).Replace('-', '').ToLowerInvariant() }
        finally { $stream.Dispose(); $algorithm.Dispose() }
    }

    # Whether version A comes after version B. Of two pre-releases neither does.
    function Test-Newer([string] $A, [string] $B) {
        $pattern = '^(\d+\.\d+\.\d+)(-?)'
        if ($A -notmatch $pattern) { return $false }
        $numbers = [version] $Matches[1]
        $isFinal = -not $Matches[2]
        if ($B -notmatch $pattern) { return $false }
        $others = [version] $Matches[1]
        if ($numbers -ne $others) { return $numbers -gt $others }
        return $isFinal -and [bool] $Matches[2]
    }

    # --- the executable ----------------------------------------------------------------------------------------------

    # A virus scanner may hold a file for a moment.
    function Move-Surely([string] $Path, [string] $To) {
        for ($try = 1; ; $try++) {
            try { [IO.File]::Move($Path, $To); return }
            catch { if ($try -ge 10) { throw }; Start-Sleep -Milliseconds 200 }
        }
    }

    function Remove-Surely([string] $Path) {
        for ($try = 1; ; $try++) {
            try { Remove-Item -LiteralPath $Path -Recurse -Force; return }
            catch { if ($try -ge 10) { throw }; Start-Sleep -Milliseconds 200 }
        }
    }

    function Get-Version([string] $Path) {
        try { $result = Invoke-Program $Path 'version' } catch { return '' }
        if ($result.Code -eq 0) { return $result.Output } else { return '' }
    }

    # A power failure between the two renames of an update leaves no executable: the newest one that was kept goes back.
    function Restore-Executable {
        if ((Test-Path -LiteralPath $Exe) -or -not (Test-Path -LiteralPath $Dir)) { return }
        $kept = Get-ChildItem -LiteralPath $Dir -Filter 'agent-server.old-*.exe' | Sort-Object LastWriteTimeUtc | Select-Object -Last 1
        if ($null -eq $kept) { return }
        Invoke-Step "an update was interrupted: putting $($kept.Name) back as $Exe" { Move-Surely $kept.FullName $Exe }
    }

    # What runs can be renamed, but not overwritten.
    function Set-Executable([string] $Fresh, [string] $OldVersion) {
        if (-not (Test-Path -LiteralPath $Exe)) { Move-Surely $Fresh $Exe; return }
        $version = if ($OldVersion) { $OldVersion } else { '0.0.0' }
        $kept = Join-Path $Dir "agent-server.old-$version.exe"
        for ($number = 1; Test-Path -LiteralPath $kept; $number++) {
            # Left from before; it cannot be removed while something runs from it.
            try { Remove-Item -LiteralPath $kept -Force } catch { $kept = Join-Path $Dir "agent-server.old-$version-$number.exe" }
        }
        Move-Surely $Exe $kept
        try { Move-Surely $Fresh $Exe }
        catch {
            Move-Surely $kept $Exe
            Stop-Here "could not put the new executable at ${Exe}: $($_.Exception.GetBaseException().Message) The old one is back"
        }
        $Done.Kept = $kept
    }

    # It can be removed when nothing runs from it any more; what is left now goes at the next start of the new one.
    function Remove-Kept {
        if ($Done.Kept) { Remove-Item -LiteralPath $Done.Kept -Force -ErrorAction SilentlyContinue }
    }

    function Install-Executable {
        if (Test-Path -LiteralPath $Exe -PathType Container) { Stop-Here "$Exe is a folder: remove it, or choose another folder with -Dir" }
        $there = Test-Path -LiteralPath $Exe
        $oldVersion = if ($there) { Get-Version $Exe } else { '' }
        $targets = @(Get-Target)
        $target = $targets | Where-Object { Get-PinnedHash "agent-server-$_.exe" } | Select-Object -First 1
        $pinned = ''
        if ($ReleaseSums.Trim()) {
            if (-not $target) { Stop-Here "release $ReleaseVersion has no executable for $($targets[0])" }
            $pinned = Get-PinnedHash "agent-server-$target.exe"
            if ($there -and (Get-Sha256 $Exe) -eq $pinned) { Write-Line "$ReleaseVersion is at $Exe already"; return }
            if (Test-Newer $oldVersion $ReleaseVersion) { Write-Newer $oldVersion; return }
        }
        else {
            $target = $targets[0]
            Write-Line "nothing is pinned in this script: it trusts $Base, and has the executable check the release it came with"
        }
        $file = "agent-server-$target.exe"
        if ($DryRun) { Invoke-Step "getting $file from $Base, checking it, putting it at $Exe" {}; return }
        $made = Get-MissingFolder $Dir
        $temporary = Join-Path $Dir ('.agent-server.install.' + [Guid]::NewGuid().ToString('N').Substring(0, 8))
        $placed = $false
        try {
            try { $null = New-Item -ItemType Directory -Path $temporary -Force }
            catch { Stop-Here "cannot write into the folder ${Dir}: choose another one with -Dir" }
            if (-not $pinned) {
                $manifest = Join-Path $temporary 'manifest.json'
                Save-File 'manifest.json' $manifest
                # It is not verified here: all that it can bring about is that nothing is done.
                if ($there -and [IO.File]::ReadAllText($manifest).Contains((Get-Sha256 $Exe))) { Write-Line "$oldVersion is at $Exe already"; return }
                Save-File 'manifest.json.minisig' "$manifest.minisig"
            }
            Write-Line "getting $file from $Base"
            $fresh = Join-Path $temporary $file
            Save-File $file $fresh
            if ($pinned) {
                $found = Get-Sha256 $fresh
                if ($found -ne $pinned) {
                    Stop-Here "$file from $Base is not the file of release $ReleaseVersion (its SHA-256 is $found, not $pinned): try again, and take the install.ps1 that lies beside it. Nothing was changed"
                }
            }
            $version = Get-Version $fresh
            if (-not $version) { Stop-Here "$file does not run on this machine. Nothing was changed" }
            if (-not $pinned) {
                $result = Invoke-Program $fresh 'verify-release', $temporary, '--file', $file
                if ($result.Output) { Write-Host $result.Output }
                if ($result.Code -ne 0) { Stop-Here "$Base is no release that this executable accepts. Nothing was changed" }
            }
            if (Test-Newer $oldVersion $version) { Write-Newer $oldVersion; return }
            Set-Executable $fresh $oldVersion
            $placed = $true
            $Done.Changed = $true
            $Done.Replaced = $true
            if ($there) { Write-Line "$version is at $Exe now, instead of $oldVersion" } else { Write-Line "$version is at $Exe now" }
        }
        finally {
            # Nothing half done is left, also no folder that was made for nothing.
            if (Test-Path -LiteralPath $temporary) { Remove-Item -LiteralPath $temporary -Recurse -Force }
            if (-not $placed -and $made -and (Test-Path -LiteralPath $made)) { Remove-Item -LiteralPath $made -Recurse -Force }
        }
    }

    function Write-Newer([string] $Version) {
        Write-Line "$Version is at $Exe, which is newer: it stays (to go back, -Uninstall it first; key and data stay)"
    }

    # The outermost folder on the way that is not there yet.
    function Get-MissingFolder([string] $Path) {
        $missing = ''
        while ($Path -and -not (Test-Path -LiteralPath $Path)) { $missing = $Path; $Path = [IO.Path]::GetDirectoryName($Path) }
        return $missing
    }

    # --- the PATH ----------------------------------------------------------------------------------------------------

    function Test-SameFolder([string] $Entry) { [Environment]::ExpandEnvironmentVariables($Entry).TrimEnd('\', '/') -eq $Dir }

    function Add-ToPath([string] $Path) {
        $entries = @($Path -split ';' | Where-Object { $_ })
        if (@($entries | Where-Object { Test-SameFolder $_ }).Count -gt 0) { return $Path }
        return (@($entries) + $Dir) -join ';'
    }

    function Remove-FromPath([string] $Path) { return @($Path -split ';' | Where-Object { $_ -and -not (Test-SameFolder $_) }) -join ';' }

    function Set-Path {
        $before = Get-UserPath
        $after = Add-ToPath $before
        if ($NoPath) {
            if ($after -ne $before) { Write-Line "$Dir is not in your PATH" }
            return
        }
        if ($after -ne $before) { Invoke-Step "adding $Dir to your PATH" { Set-UserPath $after } }
        # This session too; others have it when they are started.
        if (-not $DryRun -and @($env:Path -split ';' | Where-Object { Test-SameFolder $_ }).Count -eq 0) { $env:Path = "$env:Path;$Dir" }
    }

    # --- starting by itself ------------------------------------------------------------------------------------------

    function Get-ServerArguments {
        'serve', '--wrapper'
        if ($Tunnel) { '--tunnel' }
        if ($Register) { '--register', $Register }
        if ($Name) { '--name', $Name }
    }

    function Join-Arguments { @(Get-ServerArguments | ForEach-Object { if ($_ -match '[^A-Za-z0-9._:/-]') { "`"$_`"" } else { $_ } }) -join ' ' }

    # What the task runs. The command that starts the server stands on the last line, whole: this file may be another
    # one by the time it ends, and cmd.exe would read on in it.
    $StartText = @'
@echo off
rem Starts agent-server for its scheduled task. Made by install.ps1, which also removes it.
setlocal DisableDelayedExpansion
cd /d "%~dp0"
if exist agent-server.log move /y agent-server.log agent-server.log.old >nul
if exist agent-server.exe goto start
rem An update was interrupted between its two renames: the newest executable that was kept goes back.
for /f "delims=" %%f in ('dir /b /a-d /o-d agent-server.old-*.exe') do if not exist agent-server.exe (
  ren "%%f" agent-server.exe
  echo agent-server: an update was interrupted: %%f is agent-server.exe again>>agent-server.log
)
:start
cd /d "%USERPROFILE%"
"%~dp0agent-server.exe" ARGUMENTS >>"%~dp0agent-server.log" 2>&1 & call exit %%errorlevel%%
'@

    function Get-StartText {
        $text = $StartText.Replace('ARGUMENTS', (Join-Arguments).Replace('%', '%%'))
        return ($text -replace '\r?\n', "`r`n") + "`r`n"
    }

    # What tells one registration from another.
    function Get-TaskDescription { "Starts agent-server at ${Start}: $StartFile" }

    # As the user, without rights that the user does not have. At boot without a logon and without a stored password
    # (S4U), which is why it can neither reach the network in the user's name nor read what Windows keeps for them.
    function Get-TaskXml([string] $Sid) {
        $escape = { param($Value) [Security.SecurityElement]::Escape($Value) }
        $system = Join-Path $env:SystemRoot 'System32'
        if ($Start -eq 'boot') {
            $trigger = '<BootTrigger><Enabled>true</Enabled></BootTrigger>'
            $logonType = 'S4U'
            $program = Join-Path $system 'cmd.exe'
            $arguments = "/d /c `"`"$StartFile`"`""
        }
        else {
            $trigger = "<LogonTrigger><Enabled>true</Enabled><UserId>$Sid</UserId></LogonTrigger>"
            $logonType = 'InteractiveToken'
            # cmd.exe would show a window, and end the server with it.
            $program = Join-Path $system 'WindowsPowerShell\v1.0\powershell.exe'
            $quoted = $StartFile.Replace("'", "''")
            $arguments = "-NoLogo -NoProfile -NonInteractive -WindowStyle Hidden -Command `"& '$quoted'; exit `$LASTEXITCODE`""
        }
        # Without ExecutionTimeLimit it would be ended after three days; priority 7, the default, is below normal.
        return @"
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>$(& $escape (Get-TaskDescription))</Description></RegistrationInfo>
  <Triggers>$trigger</Triggers>
  <Principals>
    <Principal id="Author"><UserId>$Sid</UserId><LogonType>$logonType</LogonType><RunLevel>LeastPrivilege</RunLevel></Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <AllowStartOnDemand>true</AllowStartOnDemand>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Priority>5</Priority>
    <RestartOnFailure><Interval>PT1M</Interval><Count>255</Count></RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec><Command>$(& $escape $program)</Command><Arguments>$(& $escape $arguments)</Arguments><WorkingDirectory>$(& $escape $Dir)</WorkingDirectory></Exec>
  </Actions>
</Task>
"@
    }

    # Before anything is changed: whether this user may do what is asked for.
    function Assert-Start {
        if ($Start -eq 'boot' -and -not (Test-Elevated)) {
            Stop-Here 'a start at boot can only be set up by an administrator: run this in an elevated PowerShell (Run as administrator), or use -Start logon'
        }
    }

    function Set-Start {
        if ($Start -eq 'no') { Remove-Start; return }
        $isSame = $true
        if ($Start) {
            $text = Get-StartText
            $isSame = (Get-TaskText) -eq (Get-TaskDescription) -and (Test-Path -LiteralPath $StartFile) -and
                [IO.File]::ReadAllText($StartFile) -eq $text
        }
        if (-not $isSame) {
            Invoke-Step "starting it now and at every $Start (scheduled task '$TaskName')" {
                try { Register-Task (Get-TaskXml (Get-UserSid)) }
                catch { Stop-Here "$Exe is in place, but Windows did not take the scheduled task: $($_.Exception.Message) Run this again in an elevated PowerShell" }
                Stop-Server
                [IO.File]::WriteAllText($StartFile, $text)
                Restart-Task
            }
        }
        elseif ($Done.Replaced -and (Test-TaskRunning)) { Invoke-Step 'restarting the server' { Stop-Server; Restart-Task } }
        elseif ($Start -and -not (Test-TaskRunning)) { Invoke-Step 'starting it' { Restart-Task } }
    }

    # What ran before has been stopped; its task takes a moment to notice.
    function Restart-Task {
        $null = Wait-For 20 { -not (Test-TaskRunning) }
        Start-Task
        if (-not (Wait-For 10 { Test-TaskRunning })) { Write-Line "the task '$TaskName' does not run: see $Dir\agent-server.log" }
    }

    function Remove-Start {
        if (Get-TaskText) {
            Invoke-Step "stopping it, and removing the scheduled task '$TaskName'" {
                try { Unregister-Task }
                catch { Stop-Here "Windows did not remove the scheduled task '$TaskName': $($_.Exception.Message) Run this again in an elevated PowerShell" }
                Stop-Server
            }
        }
        foreach ($path in @(Get-InstalledFile 'agent-server.start.cmd', 'agent-server.log*')) { Invoke-Step "removing $path" { Remove-Surely $path } }
    }

    # --- removing it -------------------------------------------------------------------------------------------------

    function Get-InstalledFile([string[]] $Patterns) {
        if (-not (Test-Path -LiteralPath $Dir -PathType Container)) { return }
        $Patterns | ForEach-Object { Get-ChildItem -LiteralPath $Dir -Filter $_ -Force } | ForEach-Object { $_.FullName }
    }

    function Remove-Everything {
        Remove-Start
        # Nothing that runs can be removed.
        if (-not $DryRun) { Stop-Server -All }
        $patterns = 'agent-server.exe', 'agent-server.old-*', 'agent-server.new-*', 'agent-server.update.*', '.agent-server.install.*'
        foreach ($path in @(Get-InstalledFile $patterns)) { Invoke-Step "removing $path" { Remove-Surely $path } }
        if (-not $DryRun -and (Test-Path -LiteralPath $Dir) -and @(Get-ChildItem -LiteralPath $Dir -Force).Count -eq 0) { Remove-Surely $Dir }
        $before = Get-UserPath
        if (@($before -split ';' | Where-Object { $_ -and (Test-SameFolder $_) }).Count -gt 0) {
            Invoke-Step "taking $Dir out of your PATH" { Set-UserPath (Remove-FromPath $before) }
        }
        $key = Join-Path $env:LOCALAPPDATA 'devpilot-agent\api_key'
        $data = Join-Path $env:LOCALAPPDATA 'agent-server'
        if ($Purge) {
            if (Test-Path -LiteralPath $key) { Invoke-Step "removing the key $key" { Remove-Key $key } }
            if (Test-Path -LiteralPath $data) { Invoke-Step "removing the data in $data" { Remove-Surely $data } }
        }
        if (-not $Done.Changed) {
            Write-Line "nothing to remove: there is none at $Exe"
            $other = Get-Command 'agent-server.exe' -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
            if ($null -ne $other) { Write-Line "there is one at $($other.Source): to remove that, use -Dir '$(Split-Path $other.Source)'" }
        }
        if ((Test-Path -LiteralPath $key) -or (Test-Path -LiteralPath $data)) {
            Write-Line "the key ($key) and the data ($data) stay; to remove them too: -Uninstall -Purge"
        }
        elseif ($Done.Changed -and -not $DryRun) { Write-Line 'nothing of it is left' }
    }

    function Remove-Key([string] $Key) {
        Remove-Surely $Key
        $folder = Split-Path $Key
        if (@(Get-ChildItem -LiteralPath $folder -Force).Count -eq 0) { Remove-Surely $folder }
    }

    # --- all of it ---------------------------------------------------------------------------------------------------

    # The last line: what to do next.
    function Write-Farewell {
        if ($DryRun) { Write-Line 'this was a dry run: nothing was changed'; return }
        $next = if (Get-TaskText) { "It is running;$(if ($Register) { " 'agent-server register' shows the code that registers it;" }) 'agent-server doctor' checks it." } else { "Run it: agent-server $(Join-Arguments)" }
        Write-Line "$next  Console: http://127.0.0.1:8585  Key: $(Join-Path $env:LOCALAPPDATA 'devpilot-agent\api_key')"
    }

    function Invoke-AgentServerInstaller {
        [CmdletBinding(PositionalBinding = $false)]
        param(
            [string] $From = (Get-Setting 'FROM'),
            [string] $Dir = (Get-Setting 'DIR'),
            [string] $Start = (Get-Setting 'START'),
            [string] $Register = (Get-Setting 'REGISTER'),
            [string] $Name = (Get-Setting 'NAME'),
            [switch] $Tunnel = (Test-Setting 'TUNNEL'),
            [switch] $NoPath = (Test-Setting 'NO_PATH'),
            [switch] $Uninstall = (Test-Setting 'UNINSTALL'),
            [switch] $Purge = (Test-Setting 'PURGE'),
            [switch] $DryRun = (Test-Setting 'DRY_RUN'),
            [switch] $Help
        )
        if ($Help) { Write-Host $HelpText; return }
        Assert-System
        if (-not $env:LOCALAPPDATA) { Stop-Here 'LOCALAPPDATA is not set: run this as a user who has a profile' }
        $Dir = if ($Dir) { Get-FullPath $Dir } else { Join-Path $env:LOCALAPPDATA 'Programs\agent-server' }
        Assert-Options
        $Exe = Join-Path $Dir 'agent-server.exe'
        $StartFile = Join-Path $Dir 'agent-server.start.cmd'
        # Tasks of all users have one list of names.
        $TaskName = "agent-server-$([Environment]::UserName)"
        if ($Uninstall) { Remove-Everything; return }
        Assert-Start
        $Base = Get-Base
        Restore-Executable
        Install-Executable
        Set-Path
        Set-Start
        Remove-Kept
        if (-not $Done.Changed) { Write-Line 'nothing to do' }
        Write-Farewell
    }

    if ($ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') {
        Stop-Here 'this PowerShell is kept to a part of its language, by a policy of this machine: download agent-server.exe and run it yourself'
    }
    # Older ones do not offer TLS 1.2 by themselves; 0 leaves it to Windows, which does. It is put back, being the session's.
    $protocols = [Net.ServicePointManager]::SecurityProtocol
    try {
        if ([int] $protocols -ne 0) { [Net.ServicePointManager]::SecurityProtocol = $protocols -bor [Net.SecurityProtocolType]::Tls12 }
        Invoke-AgentServerInstaller @args
    }
    finally { [Net.ServicePointManager]::SecurityProtocol = $protocols }
} @args }
