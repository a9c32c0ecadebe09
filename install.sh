#!/bin/sh
# Installs agent-server on Linux and macOS, upgrades it, and removes it again.
#
#   curl -fsSL RELEASE_URL/install.sh | sh
#   curl -fsSL RELEASE_URL/install.sh | sh -s -- --start logon
#   sh install.sh --help
#
# A release writes its address and the SHA-256 of its executables into the block below: what is downloaded must have
# them. It is one file, because it is downloaded as one. All of it stands in braces, so that of a download that breaks
# off nothing is run: without the last line it is a syntax error.
{
set -eu
umask 022

# <release>
release_url=''
release_version=''
release_sums=''
# </release>

help() {
  cat <<'HELP'
Installs agent-server for this user, upgrades it when it is there, or removes it.

  sh install.sh [options]              curl -fsSL RELEASE_URL/install.sh | sh -s -- [options]

  option              variable                        what it does
  --from PLACE        AGENT_SERVER_INSTALL_FROM       take the release from this folder, or this https address
  --dir FOLDER        AGENT_SERVER_INSTALL_DIR        put the executable here, instead of into ~/.local/bin
  --start WHEN        AGENT_SERVER_INSTALL_START      logon: start it now and whenever this user logs on; boot: now and
                                                      whenever the machine starts; no: no longer by itself
  --tunnel            AGENT_SERVER_INSTALL_TUNNEL     hand --tunnel to the server that is started
  --register URL      AGENT_SERVER_INSTALL_REGISTER   hand --register URL to it
  --name NAME         AGENT_SERVER_INSTALL_NAME       hand --name NAME to it
  --no-path           AGENT_SERVER_INSTALL_NO_PATH    leave the PATH in the shell's profile alone
  --uninstall         AGENT_SERVER_INSTALL_UNINSTALL  remove it; the key and the data stay
  --purge             AGENT_SERVER_INSTALL_PURGE      with --uninstall: remove the key and the data too
  --dry-run           AGENT_SERVER_INSTALL_DRY_RUN    say what would be done, and do nothing
  --help                                              print this

A variable that switches something on is 1 or 0. An option comes before a variable.
HELP
}

say() { printf 'agent-server: %s\n' "$*"; }
die() {
  printf 'agent-server: %s\n' "$*" >&2
  exit 1
}
# Not echo, which in some shells reads backslashes.
line() { printf '%s\n' "$*"; }
has() { command -v "$1" >/dev/null 2>&1; }

# act WHAT COMMAND...: says what it is doing, and does it, unless this is a dry run.
act() {
  what=$1
  shift
  changed=1
  if [ "$dry_run" = 1 ]; then
    say "dry run, not done: $what"
  else
    say "$what"
    "$@"
  fi
}

# --- options --------------------------------------------------------------------------------------------------------

# switch NAME VALUE: 1 or 0, as a variable of that name says.
switch() {
  case $2 in
    1 | true | yes | on) echo 1 ;;
    '' | 0 | false | no | off) echo 0 ;;
    *) die "$1 is '$2': use 1 or 0" ;;
  esac
}

read_options() {
  from=${AGENT_SERVER_INSTALL_FROM:-}
  dir=${AGENT_SERVER_INSTALL_DIR:-}
  start=${AGENT_SERVER_INSTALL_START:-}
  register=${AGENT_SERVER_INSTALL_REGISTER:-}
  name=${AGENT_SERVER_INSTALL_NAME:-}
  tunnel=$(switch AGENT_SERVER_INSTALL_TUNNEL "${AGENT_SERVER_INSTALL_TUNNEL:-}")
  no_path=$(switch AGENT_SERVER_INSTALL_NO_PATH "${AGENT_SERVER_INSTALL_NO_PATH:-}")
  uninstall=$(switch AGENT_SERVER_INSTALL_UNINSTALL "${AGENT_SERVER_INSTALL_UNINSTALL:-}")
  purge=$(switch AGENT_SERVER_INSTALL_PURGE "${AGENT_SERVER_INSTALL_PURGE:-}")
  dry_run=$(switch AGENT_SERVER_INSTALL_DRY_RUN "${AGENT_SERVER_INSTALL_DRY_RUN:-}")
  while [ $# -gt 0 ]; do
    case $1 in
      --*=*)
        option=${1%%=*} value=${1#*=}
        shift
        set -- "$option" "$value" "$@"
        ;;
    esac
    case $1 in
      --from | --dir | --start | --register | --name) [ $# -ge 2 ] || die "$1 needs a value: see --help" ;;
    esac
    case $1 in
      --from) from=$2 && shift ;;
      --dir) dir=$2 && shift ;;
      --start) start=$2 && shift ;;
      --register) register=$2 && shift ;;
      --name) name=$2 && shift ;;
      --tunnel) tunnel=1 ;;
      --no-path) no_path=1 ;;
      --uninstall) uninstall=1 ;;
      --purge) purge=1 ;;
      --dry-run) dry_run=1 ;;
      -h | --help)
        help
        exit 0
        ;;
      *) die "there is no option $1: see --help" ;;
    esac
    shift
  done
  check_options
}

check_options() {
  case $start in '' | no | logon | boot) ;; *) die "--start is '$start': use logon, boot or no" ;; esac
  [ "$purge" = 0 ] || [ "$uninstall" = 1 ] || die '--purge goes with --uninstall'
  case $name in *[!A-Za-z0-9._\ -]*) die "--name '$name' has other characters than letters, digits, spaces and . _ -" ;; esac
  case $register in
    '' | https://* | http://*) ;;
    *) die "--register '$register' is no web address" ;;
  esac
  case $register in *[!][A-Za-z0-9._~:/?#@!\&\(\)*+,\;=%-]*) die "--register '$register' has characters that an address cannot have" ;; esac
  case ${HOME:-} in /*) ;; *) die 'HOME is not set: say whose home this is for with HOME=/home/NAME' ;; esac
  [ -n "$dir" ] || dir=$HOME/.local/bin
  case $dir in /*) ;; *) dir=$(pwd)/$dir ;; esac
  dir=${dir%/}
  # They would end a string in the files that name the folder: the profile, the unit.
  case $dir in
    *[\"\'\\\$\`%:]* | *'
'*) die "the folder $dir has characters that cannot be used here: choose another one with --dir" ;;
  esac
  exe=$dir/agent-server
  uid=$(id -u)
  user=$(id -un)
  # sudo may keep the home of the one who called it: root's files in there would be in their way.
  if [ "$uid" = 0 ] && [ -d "$HOME" ] && [ -z "$(find "$HOME" -prune -user 0)" ]; then
    die "this runs as root with the home of another user, $HOME: use 'sudo -H' to install for root, or leave sudo away"
  fi
}

# --- this machine ---------------------------------------------------------------------------------------------------

detect_system() {
  case $(uname -s) in
    Linux) os=linux ;;
    Darwin) os=darwin ;;
    MINGW* | MSYS* | CYGWIN* | Windows_NT) die 'on Windows, use install.ps1 in PowerShell' ;;
    *) die "there is no agent-server for $(uname -s), only for Linux, macOS and Windows" ;;
  esac
}

# The part of a file's name that says what it is for, such as linux-x64-musl.
detect_target() {
  case $(uname -m) in
    x86_64 | amd64) machine=x64 ;;
    aarch64 | arm64) machine=arm64 ;;
    *) die "there is no agent-server for processors of type $(uname -m), only for x86_64 and arm64" ;;
  esac
  # A shell that Rosetta translates is told that this is an Intel machine.
  if [ "$os" = darwin ] && [ "$(sysctl -n sysctl.proc_translated 2>/dev/null)" = 1 ]; then machine=arm64; fi
  if [ "$os" = linux ] && [ "$(getconf LONG_BIT 2>/dev/null || echo 64)" = 32 ]; then
    die 'this is a 32-bit system on a 64-bit processor: agent-server needs a 64-bit one'
  fi
  target=$os-$machine
  if [ "$os" = linux ] && is_musl; then target=$target-musl; fi
}

is_musl() {
  if has ldd; then
    # The one of musl says its name and fails; the one of glibc prints its version.
    case $(ldd --version 2>&1 || :) in *musl*) return 0 ;; *) return 1 ;; esac
  fi
  for loader in /lib/ld-musl-*; do [ -e "$loader" ] && return 0; done
  return 1
}

sha256() {
  if has sha256sum; then
    sha256sum <"$1"
  elif has shasum; then
    shasum -a 256 <"$1"
  else
    openssl dgst -sha256 -r <"$1"
  fi | cut -c 1-64
}

# is_newer A B: whether version A comes after version B. Of two pre-releases neither does.
is_newer() {
  awk -v a="$1" -v b="$2" 'BEGIN {
    split(a, x, /[.+-]/); split(b, y, /[.+-]/)
    for (i = 1; i <= 3; i++) { if (x[i] + 0 > y[i] + 0) exit 0; if (x[i] + 0 < y[i] + 0) exit 1 }
    exit !(a !~ /-/ && b ~ /-/)
  }'
}

# --- the release ----------------------------------------------------------------------------------------------------

choose_release() {
  base=${from:-$release_url}
  base=${base%/}
  [ -n "$base" ] || die 'this script does not say where its release is: give it a release with --from, a folder or an https address, or take the install.sh of a release'
  case $base in
    https://*) protocols='=https' ;;
    http://*)
      # Who listens here is this machine itself; a name in front of an @ would only look like it.
      host=${base#http://}
      host=${host%%/*}
      case $host in
        127.0.0.1 | localhost | '[::1]') ;;
        127.0.0.1:* | localhost:* | '[::1]':*) case ${host##*:} in *[!0-9]*) refuse_address ;; esac ;;
        *) refuse_address ;;
      esac
      protocols='=http,https'
      ;;
    *://*) refuse_address ;;
    *) [ -d "$base" ] || die "there is no folder $base" ;;
  esac
  case $base in
    http*://*)
      case $base in *[!][A-Za-z0-9._~:/+,=%-]*) die "the address $base has characters that it cannot have" ;; esac
      choose_tool
      ;;
  esac
  if ! has sha256sum && ! has shasum && ! has openssl; then
    die 'to check what is downloaded this needs sha256sum, shasum or openssl: install one of them'
  fi
  file=agent-server-$target
  pinned=$(printf '%s\n' "$release_sums" | awk -v file="$file" '$2 == file { print $1; exit }')
  if [ -n "$release_sums" ]; then
    [ -n "$pinned" ] || die "release $release_version has no executable for $target"
  else
    say "nothing is pinned in this script: it trusts $base, and has the executable check the release it came with"
  fi
}

refuse_address() { die "the address $base is refused: use https (http only for this machine, 127.0.0.1)"; }

choose_tool() {
  if has curl; then
    tool=curl
  elif has wget; then
    tool=wget
    # It follows a redirect to http; where a hash is pinned, that does no harm.
    case $base in https://*) [ -n "$release_sums" ] || die 'to install what is not pinned this needs curl: install it' ;; esac
  else
    die 'this needs curl or wget: install one of them'
  fi
}

# save NAME FILE: copies or downloads one file of the release.
save() {
  source=$base/$1
  to=$2
  case $base in
    http*://*)
      if [ "$tool" = curl ]; then
        set -- curl --fail --location --proto "$protocols" --proto-redir '=https' --max-redirs 5 --tlsv1.2 \
          --connect-timeout 30 --speed-limit 1 --speed-time 60 --show-error
        if [ -t 2 ]; then set -- "$@" --progress-bar; else set -- "$@" --silent; fi
      else
        set -- wget -q -O -
        # That of busybox knows few options, and one that it was built without can make it crash.
        case $(wget --version 2>&1 || :) in
          *GNU*)
            set -- "$@" --timeout=60 --tries=2 --max-redirect=5
            if [ -t 2 ]; then set -- "$@" --show-progress; fi
            ;;
        esac
      fi
      ;;
    *) set -- cat ;;
  esac
  # In the background, because a shell attends to signals while it waits, but not while a program is in front.
  "$@" "$source" >"$to" </dev/null &
  code=0
  wait "$!" || code=$?
  ended=$!
  [ "$code" -eq 0 ] || die "could not get $source (exit code $code): look at the address, the network and the space on the disk. Nothing was changed"
}

# --- the executable -------------------------------------------------------------------------------------------------

install_executable() {
  old=
  if [ -d "$exe" ]; then die "$exe is a folder: remove it, or choose another folder with --dir"; fi
  if [ -e "$exe" ]; then
    old=$("$exe" version </dev/null 2>/dev/null || :)
    if [ -n "$pinned" ]; then
      if [ "$(sha256 "$exe")" = "$pinned" ]; then
        say "$release_version is at $exe already"
        return
      fi
      if [ -n "$old" ] && is_newer "$old" "$release_version"; then keep_newer; return; fi
    fi
  fi
  if [ "$dry_run" = 1 ]; then
    act "getting $base/$file, checking it, putting it at $exe"
    return
  fi
  make_temporary
  if [ -z "$pinned" ]; then
    save manifest.json "$temporary/manifest.json"
    # It is not verified here: all that it can bring about is that nothing is done.
    if [ -e "$exe" ] && grep -q "$(sha256 "$exe")" "$temporary/manifest.json"; then
      say "$old is at $exe already"
      return
    fi
    save manifest.json.minisig "$temporary/manifest.json.minisig"
  fi
  say "getting $base/$file"
  fresh=$temporary/$file
  save "$file" "$fresh"
  if [ -n "$pinned" ]; then
    found=$(sha256 "$fresh")
    [ "$found" = "$pinned" ] || die "$base/$file is not the file of release $release_version (its SHA-256 is $found, not $pinned): try again, and take the install.sh that lies beside it. Nothing was changed"
  fi
  chmod 755 "$fresh"
  version=$("$fresh" version </dev/null) || die "$file does not run on this machine, or programs may not run in $dir: choose another folder with --dir. Nothing was changed"
  if [ -z "$pinned" ]; then
    "$fresh" verify-release "$temporary" --file "$file" </dev/null || die "$base is no release that this executable accepts. Nothing was changed"
  fi
  if [ -n "$old" ] && is_newer "$old" "$version"; then keep_newer; return; fi
  # The bytes first, then the name: a power failure must not leave an empty file.
  sync "$fresh" 2>/dev/null || sync
  mv -f "$fresh" "$exe"
  remove_temporary
  made=
  changed=1
  replaced=1
  if [ -n "$old" ]; then say "$version is at $exe now, instead of $old"; else say "$version is at $exe now"; fi
}

keep_newer() { say "$old is at $exe, which is newer: it stays (to go back, --uninstall it first; key and data stay)"; }

# A folder of its own in the target folder: on the same file system, so that a rename is one step.
make_temporary() {
  made=
  missing=$dir
  while [ ! -d "$missing" ]; do
    # Innermost first.
    made="$made$missing
"
    missing=$(dirname "$missing")
  done
  mkdir -p "$dir" 2>/dev/null || die "cannot make the folder $dir: choose another one with --dir"
  temporary=$(mktemp -d "$dir/.agent-server.install.XXXXXX" 2>/dev/null) ||
    die "cannot write into the folder $dir: choose another one with --dir"
}

remove_temporary() {
  [ -z "$temporary" ] || rm -rf "$temporary"
  temporary=
}

# What an end leaves: nothing, also no folder that was made for nothing.
clean_up() {
  # $! and not a variable of ours: a signal may come before that is set.
  [ "${!:-}" = "$ended" ] || kill "$!" 2>/dev/null || :
  remove_temporary
  printf '%s' "$made" | while IFS= read -r folder; do rmdir "$folder" 2>/dev/null || :; done
}

# --- the PATH -------------------------------------------------------------------------------------------------------

begin_mark='# >>> agent-server >>>'
end_mark='# <<< agent-server <<<'

# The files in which the shell of this user looks for its PATH.
profiles() {
  case ${SHELL:-} in
    */zsh) line "${ZDOTDIR:-$HOME}/.zshrc" ;;
    */fish) ;;
    */bash)
      line "$HOME/.bashrc"
      for profile in .bash_profile .bash_login .profile; do
        if [ -e "$HOME/$profile" ] || [ "$profile" = .profile ]; then
          line "$HOME/$profile"
          return
        fi
      done
      ;;
    *) line "$HOME/.profile" ;;
  esac
}

all_profiles() {
  for profile in .profile .bash_profile .bash_login .bashrc .zshrc; do line "$HOME/$profile"; done
  [ -z "${ZDOTDIR:-}" ] || line "$ZDOTDIR/.zshrc"
}

set_path() {
  reload=
  case :$PATH: in *:"$dir":*) return ;; esac
  list=$(profiles)
  if [ "$no_path" = 1 ] || [ -z "$list" ]; then
    case ${SHELL:-} in
      */fish) say "$dir is not in your PATH. To add it: fish_add_path '$dir'" ;;
      *) say "$dir is not in your PATH. To add it, put this into your shell's profile: PATH='$dir':\$PATH" ;;
    esac
    return
  fi
  block="$begin_mark
case \":\$PATH:\" in *:'$dir':*) ;; *) PATH='$dir':\$PATH && export PATH ;; esac
$end_mark"
  while IFS= read -r profile; do
    reload=$profile
    # Somebody's dotfiles may be kept read-only by a tool that makes them.
    if [ -e "$profile" ] && [ ! -w "$profile" ]; then
      say "cannot write $profile. To add $dir to your PATH, put this where $profile comes from: PATH='$dir':\$PATH"
      reload=
    elif [ ! -e "$profile" ]; then
      act "adding $dir to the PATH in $profile" append_block "$profile"
    elif ! grep -qxF "$begin_mark" "$profile"; then
      act "adding $dir to the PATH in $profile" append_block "$profile"
    elif ! grep -qF ":'$dir':" "$profile"; then
      act "changing the PATH in $profile to $dir" replace_block "$profile"
    fi
  done <<LIST
$list
LIST
}

append_block() {
  # A last line without its end would become one with ours.
  if [ -s "$1" ] && [ -n "$(tail -c 1 "$1")" ]; then echo >>"$1"; fi
  printf '%s\n' "$block" >>"$1"
}

replace_block() {
  remove_block "$1"
  append_block "$1"
}

remove_block() {
  rest=$(awk -v begin="$begin_mark" -v end="$end_mark" '$0 == begin { inside = 1 } !inside { print } $0 == end { inside = 0 }' "$1" && echo .)
  rest=${rest%.}
  if [ -z "$rest" ] && [ ! -L "$1" ]; then
    rm "$1"
  elif [ -L "$1" ]; then
    # The link stays.
    printf '%s' "$rest" >"$1"
  else
    # A copy first keeps the owner and the mode.
    cp -p "$1" "$1.agent-server" && printf '%s' "$rest" >"$1.agent-server" && mv -f "$1.agent-server" "$1"
  fi
}

# --- starting by itself ---------------------------------------------------------------------------------------------

# The arguments of the server, one a line.
server_arguments() {
  printf '%s\n' serve --wrapper
  [ "$tunnel" = 0 ] || line --tunnel
  [ -z "$register" ] || printf '%s\n' --register "$register"
  [ -z "$name" ] || printf '%s\n' --name "$name"
}

# Before anything is changed: whether this machine can do what is asked for.
check_start() {
  if [ "$os" = darwin ]; then
    agent=$HOME/Library/LaunchAgents/agent-server.plist
    daemon=/Library/LaunchDaemons/agent-server.plist
    server_log=$HOME/Library/Logs/agent-server.log
  else
    user_unit=${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user/agent-server.service
    system_unit=/etc/systemd/system/agent-server.service
    if [ -z "${XDG_RUNTIME_DIR:-}" ] && [ -d "/run/user/$uid" ]; then export XDG_RUNTIME_DIR="/run/user/$uid"; fi
  fi
  case $os-$start in
    *- | *-no) ;;
    darwin-boot) [ "$uid" = 0 ] || die "what starts with the machine only root can set up on macOS: use 'sudo -H', or --start logon" ;;
    darwin-logon) ;;
    linux-*)
      by_hand="start '$exe serve --wrapper' with what this system has for that, and leave --start away"
      has systemctl || die "there is no systemd here: $by_hand"
      case $start-$uid in
        boot-0) systemctl show-environment >/dev/null 2>&1 || die "systemd does not answer: $by_hand" ;;
        logon-*) has_user_manager || die "systemd has no session of $user: log on as $user (with ssh, not with su), or use --start boot" ;;
        boot-*) has loginctl || die "there is no loginctl here: $by_hand" ;;
      esac
      ;;
  esac
}

has_user_manager() { systemctl --user show-environment >/dev/null 2>&1; }

set_start() {
  case $os-$start-$uid in
    linux-logon-* | linux-boot-[!0]*)
      stop_all_but "$user_unit"
      start_user_unit
      ;;
    linux-boot-0)
      stop_all_but "$system_unit"
      start_unit '' "$system_unit" "$(unit_text multi-user.target)"
      ;;
    darwin-logon-*)
      stop_all_but "$agent"
      start_agent "$agent" "$(launchd_domain)"
      ;;
    darwin-boot-*)
      stop_all_but "$daemon"
      start_agent "$daemon" system
      ;;
    *-no-*) for_services stop_service ;;
    *) [ "$replaced" = 0 ] || for_services restart_service ;;
  esac
  case $start-$uid in boot-0) say 'it runs as root: whoever has its key can do anything on this machine' ;; esac
}

# Two services would fight for one port.
stop_all_but() {
  wanted=$1
  for_services stop_other
}

stop_other() { [ "$2" = "$wanted" ] || stop_service "$1" "$2"; }

# write_text FILE TEXT
write_text() {
  mkdir -p "$(dirname "$1")"
  printf '%s\n' "$2" >"$1.new"
  mv -f "$1.new" "$1"
}

# same_text FILE TEXT: apart from the PATH, which is another one in every shell: for that alone nothing is restarted.
same_text() { [ -f "$1" ] && [ "$(grep -v 'PATH[=<]' "$1")" = "$(line "$2" | grep -v 'PATH[=<]')" ]; }

# The PATH of whoever installs it, with the executable's own folder: commands are looked for in it.
server_path() { case :$PATH: in *:"$dir":*) line "$PATH" ;; *) line "$PATH:$dir" ;; esac }

# The words of a unit file between quotes, with what has a meaning there taken from it.
unit_quote() { sed 's/[\\"]/\\&/g; s/%/%%/g; s/.*/"&"/'; }

# unit_text WANTED_BY
unit_text() {
  line '# Made by install.sh, which also removes it.'
  line '[Unit]'
  line 'Description=agent-server, which runs commands for programs'
  line '# However often it ends: there may be nobody to start it again.'
  line 'StartLimitIntervalSec=0'
  if [ "$1" = multi-user.target ]; then
    line 'Wants=network-online.target'
    line 'After=network-online.target'
  fi
  echo
  line '[Service]'
  line "ExecStart=\"$exe\" $(server_arguments | unit_quote | tr '\n' ' ')"
  line 'WorkingDirectory=~'
  line '# The PATH of whoever installed it: commands are looked for in it.'
  line "Environment=$(line "PATH=$(server_path)" | unit_quote)"
  if [ "$1" = multi-user.target ]; then
    line "User=$user"
    line "Environment=$(line "HOME=$HOME" | unit_quote)"
  fi
  [ -z "${XDG_STATE_HOME:-}" ] || line "Environment=$(line "XDG_STATE_HOME=$XDG_STATE_HOME" | unit_quote)"
  line 'Restart=on-failure'
  line 'RestartSec=10'
  line '# Jobs outlive the server, also one that used too much memory.'
  line 'KillMode=process'
  line 'OOMPolicy=continue'
  line 'TasksMax=infinity'
  echo
  line '[Install]'
  line "WantedBy=$1"
}

linger_mark='# install.sh has turned lingering on for this user.'

start_user_unit() {
  text=$(unit_text default.target)
  lingers=$(loginctl show-user "$user" --property=Linger 2>/dev/null || :)
  if [ -f "$user_unit" ] && grep -qxF "$linger_mark" "$user_unit"; then ours=1; else ours=0; fi
  if [ "$start" = boot ]; then
    if [ "$lingers" != Linger=yes ]; then
      act "letting services of $user run without a logon (loginctl enable-linger)" enable_linger
      ours=1
    fi
    [ "$ours" = 0 ] || text="$text
$linger_mark"
  elif [ "$ours" = 1 ]; then
    act "letting services of $user run only while logged on, as before (loginctl disable-linger)" loginctl disable-linger "$user"
  fi
  start_unit --user "$user_unit" "$text"
}

enable_linger() {
  loginctl enable-linger "$user" || die "$exe is in place, but a user may not turn on start at boot here. Let an administrator run 'loginctl enable-linger $user' once, and run this again"
  # The manager of the user is started by that.
  [ -n "${XDG_RUNTIME_DIR:-}" ] || export XDG_RUNTIME_DIR="/run/user/$uid"
  tries=0
  until has_user_manager; do
    tries=$((tries + 1))
    [ "$tries" -le 10 ] || die "$exe is in place, but systemd has no session of $user: log on as $user (with ssh, not with su), and run this again"
    sleep 1
  done
}

# start_unit --user|'' FILE TEXT
start_unit() {
  if same_text "$2" "$3"; then
    [ "$replaced" = 0 ] || act "restarting the service" systemctl ${1:+"$1"} restart agent-server.service
    [ "$replaced" = 1 ] || [ "$dry_run" = 1 ] || systemctl ${1:+"$1"} start agent-server.service
  else
    act "starting it now and at every $start ($2)" enable_unit "$@"
  fi
}

enable_unit() {
  write_text "$2" "$3"
  if systemctl ${1:+"$1"} daemon-reload && systemctl ${1:+"$1"} --quiet enable agent-server.service &&
    systemctl ${1:+"$1"} restart agent-server.service; then
    return
  fi
  remove_unit "$1" "$2"
  die "$exe is in place, but systemd did not start it (see above), so that it does not start by itself: put that right, and run this again"
}

# remove_unit --user|'' FILE
remove_unit() {
  if grep -qxF "$linger_mark" "$2"; then lingering=ours; else lingering=; fi
  systemctl ${1:+"$1"} --quiet disable --now agent-server.service || say "systemd did not stop agent-server.service: look at 'systemctl ${1:+$1 }status agent-server'"
  rm -f "$2"
  systemctl ${1:+"$1"} daemon-reload || :
  # Last, because the manager of the user may end with it.
  [ -z "$lingering" ] || loginctl disable-linger "$user" || say "lingering of $user could not be turned off: run 'loginctl disable-linger $user'"
}

launchd_domain() { if launchctl print "gui/$uid" >/dev/null 2>&1; then line "gui/$uid"; else line "user/$uid"; fi; }

xml() { sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g'; }

plist_text() {
  cat <<PLIST
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- Made by install.sh, which also removes it. -->
<plist version="1.0">
<dict>
  <key>Label</key><string>agent-server</string>
  <key>ProgramArguments</key>
  <array>
    <string>$(line "$exe" | xml)</string>
$(server_arguments | xml | sed 's/.*/    <string>&<\/string>/')
  </array>
  <key>EnvironmentVariables</key>
  <dict>
    <key>HOME</key><string>$(line "$HOME" | xml)</string>
    <key>PATH</key><string>$(server_path | xml)</string>
  </dict>
  <key>WorkingDirectory</key><string>$(line "$HOME" | xml)</string>
  <key>StandardErrorPath</key><string>$(line "$server_log" | xml)</string>
  <key>RunAtLoad</key><true/>
  <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>
  <!-- Jobs outlive the server. -->
  <key>AbandonProcessGroup</key><true/>
  <!-- They are somebody's work, not upkeep that may be slowed down. -->
  <key>ProcessType</key><string>Interactive</string>
</dict>
</plist>
PLIST
}

# start_agent FILE DOMAIN
start_agent() {
  text=$(plist_text)
  if ! same_text "$1" "$text"; then
    act "starting it now and at every $start ($1)" load_agent "$1" "$2" "$text"
  elif [ "$replaced" = 1 ]; then
    act "restarting the service" launchctl kickstart -k "$2/agent-server"
  fi
}

load_agent() {
  write_text "$1" "$3"
  mkdir -p "$HOME/Library/Logs"
  launchctl bootout "$2/agent-server" 2>/dev/null || :
  # The one before may take a moment to go.
  tries=0
  until launchctl bootstrap "$2" "$1"; do
    tries=$((tries + 1))
    if [ "$tries" -gt 5 ]; then
      rm -f "$1"
      die "$exe is in place, but launchd did not start it (see above), so that it does not start by itself: put that right, and run this again"
    fi
    sleep 1
  done
}

# remove_agent DOMAIN FILE
remove_agent() {
  launchctl bootout "$1/agent-server" 2>/dev/null || :
  rm -f "$2" "$server_log"
}

# The files by which the system starts it: those of this user, and for root those of the machine.
services() {
  if [ "$os" = darwin ]; then
    [ ! -e "$agent" ] || line "$agent"
    [ "$uid" != 0 ] || [ ! -e "$daemon" ] || line "$daemon"
  else
    [ ! -e "$user_unit" ] || line "$user_unit"
    [ "$uid" != 0 ] || [ ! -e "$system_unit" ] || line "$system_unit"
  fi
}

# for_services COMMAND: calls it with --user, '' or a domain of launchd, and the file.
for_services() {
  while IFS= read -r service; do
    case $service in
      '') ;;
      "${user_unit:-}") "$1" --user "$service" ;;
      "${system_unit:-}") "$1" '' "$service" ;;
      "${daemon:-}") "$1" system "$service" ;;
      *) "$1" "$(launchd_domain)" "$service" ;;
    esac
  done <<LIST
$(services)
LIST
}

# The new executable is there, and nothing was said about starting: what runs as a service goes on with it.
restart_service() {
  if [ "$os" = darwin ]; then
    act 'restarting the service' launchctl kickstart -k "$1/agent-server"
  else
    act 'restarting the service' systemctl ${1:+"$1"} try-restart agent-server.service
  fi
}

stop_service() {
  if [ "$os" = darwin ]; then
    act "stopping it, and removing $2" remove_agent "$1" "$2"
  else
    act "stopping it, and removing $2" remove_unit "$1" "$2"
  fi
}

# --- removing it ----------------------------------------------------------------------------------------------------

remove_all() {
  for_services stop_service
  for path in "$exe" "$exe".old-* "$exe".new-* "$exe".update.* "$dir"/.agent-server.install.*; do
    if [ -e "$path" ] || [ -L "$path" ]; then act "removing $path" rm -rf "$path"; fi
  done
  while IFS= read -r profile; do
    if [ -f "$profile" ] && grep -qxF "$begin_mark" "$profile"; then
      act "taking $dir out of the PATH in $profile" remove_block "$profile"
    fi
  done <<LIST
$(all_profiles)
LIST
  key=$HOME/devpilot-agent/api_key
  data=${XDG_STATE_HOME:-$HOME/.local/state}/agent-server
  if [ "$purge" = 1 ]; then
    if [ -e "$key" ]; then act "removing the key $key" remove_key; fi
    if [ -e "$data" ]; then act "removing the data in $data" rm -rf "$data"; fi
  fi
  [ "$changed" = 1 ] || say "nothing to remove: there is none at $exe"
  other=$(command -v agent-server || :)
  if [ "$changed" = 0 ] && [ -n "$other" ]; then say "there is one at $other: to remove that, use --dir '$(dirname "$other")'"; fi
  if [ -e "$key" ] || [ -e "$data" ]; then
    say "the key ($key) and the data ($data) stay; to remove them too: --uninstall --purge"
  elif [ "$changed" = 1 ] && [ "$dry_run" = 0 ]; then
    say 'nothing of it is left'
  fi
}

remove_key() {
  rm -f "$key"
  rmdir "$(dirname "$key")" 2>/dev/null || :
}

# --- all of it ------------------------------------------------------------------------------------------------------

# The last line: what to do next.
farewell() {
  if [ "$dry_run" = 1 ]; then
    say 'this was a dry run: nothing was changed'
    return
  fi
  hint=''
  [ -z "$register" ] || hint=" 'agent-server register' shows the code that registers it;"
  case $(services) in
    ?*) next="It is running;$hint 'agent-server doctor' checks it." ;;
    *) next="Run it: agent-server $(server_arguments | sed 's|.*[^A-Za-z0-9._:/-].*|"&"|' | tr '\n' ' ')" ;;
  esac
  if [ -n "$reload" ]; then next="Open a new terminal, or '. $reload'. $next"; fi
  say "${next% }  Console: http://127.0.0.1:8585  Key: $HOME/devpilot-agent/api_key"
}

main() {
  temporary='' made='' ended='' changed=0 replaced=0 reload=''
  read_options "$@"
  trap clean_up EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  detect_system
  check_start
  if [ "$uninstall" = 1 ]; then
    remove_all
    return
  fi
  detect_target
  choose_release
  install_executable
  set_path
  set_start
  [ "$changed" = 1 ] || say 'nothing to do'
  farewell
}

main "$@"
}
