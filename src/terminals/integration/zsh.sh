# agent-server: marks (OSC 133) around prompts and commands, so that programs can tell where a command ends.
# zsh reads this as $ZDOTDIR/.zshenv; with ZDOTDIR put back, all other files are those of the user, read by zsh itself.
#
# Those files, frameworks and people put other things where our hooks are at any time. Each hook that still runs puts back
# the others. What is readonly is left.
if [[ -n ${AGENT_SERVER_ZDOTDIR+set} ]]; then
  export ZDOTDIR=$AGENT_SERVER_ZDOTDIR
else
  unset ZDOTDIR
fi
if [[ -o interactive && -n ${AGENT_SERVER_MARK_SECRET-} ]]; then
  typeset -g +x __agent_server_aid=";aid=$AGENT_SERVER_MARK_SECRET"$'\a'
  typeset -gi +x __agent_server_count=0
  # Whether the next prompt has its mark.
  typeset -g +x __agent_server_prompted=

  # First of all before a prompt: what others print there is no output of the command.
  __agent_server_done() {
    { local code=$?; emulate -L zsh; setopt no_xtrace } 2>/dev/null
    __agent_server_prompt $code
    __agent_server_hook
  }

  __agent_server_prompt() {
    (( __agent_server_count += 1 ))
    __agent_server_prompted=yes
    { print -rn -- $'\e]133;D;'$1$__agent_server_aid$'\e]133;A;'$1\;$__agent_server_count$__agent_server_aid >$TTY } 2>/dev/null
  }

  __agent_server_hook() {
    if [[ ${(t)precmd_functions} != *readonly* && ${precmd_functions[1]-} != __agent_server_done ]]; then
      typeset -ga precmd_functions
      precmd_functions=(__agent_server_done ${precmd_functions:#__agent_server_done})
    fi
    if [[ ${(t)preexec_functions} != *readonly* && -z ${preexec_functions[(r)__agent_server_run]-} ]]; then
      typeset -ga preexec_functions
      preexec_functions+=(__agent_server_run)
    fi
    # What zsh puts behind output that ends within a line comes even before this, and so has the mark in it.
    local line_end=${PROMPT_EOL_MARK-%B%S%#%s%b}
    if [[ ${(t)PROMPT_EOL_MARK} != *readonly* && $line_end != *$__agent_server_aid* ]]; then
      PROMPT_EOL_MARK=$'%{\e]133;D;%?'$__agent_server_aid'%}'$line_end
    fi
    # By now the files of the user are read, with the widgets they may define.
    if [[ ${widgets[zle-line-init]-} != user:azhw:* ]]; then
      autoload -Uz add-zle-hook-widget
      zle -N __agent_server_input
      add-zle-hook-widget zle-line-init __agent_server_input
      zle -N __agent_server_tell
    fi
    bindkey '\e[133~' __agent_server_tell
    bindkey -a '\e[133~' __agent_server_tell
  }

  # The prompt stands, and typing begins. PS1 itself is left alone: many make it anew for each prompt.
  __agent_server_input() {
    { local code=$?; emulate -L zsh; setopt no_xtrace } 2>/dev/null
    case $CONTEXT in
    start)
      [[ -n $__agent_server_prompted ]] || __agent_server_prompt $code
      __agent_server_prompted=
      { print -rn -- $'\e]133;B'$__agent_server_aid >$TTY } 2>/dev/null
      ;;
    cont)
      { print -rn -- $'\e]133;P'$__agent_server_aid >$TTY } 2>/dev/null
      ;;
    esac
    __agent_server_hook
  }

  # Bound to a key: the line editor reads keys, and how long its line is.
  __agent_server_tell() {
    { emulate -L zsh; setopt no_xtrace } 2>/dev/null
    { print -rn -- $'\e]133;K;'$#BUFFER$__agent_server_aid >$TTY } 2>/dev/null
  }

  __agent_server_run() {
    { emulate -L zsh; setopt no_xtrace } 2>/dev/null
    { print -rn -- $'\e]133;C'$__agent_server_aid >$TTY } 2>/dev/null
    __agent_server_hook
  }

  # Called with each line that is typed, before it runs.
  __agent_server_typed() {
    { emulate -L zsh; setopt no_xtrace } 2>/dev/null
    __agent_server_hook
    return 0
  }

  typeset -ga precmd_functions preexec_functions zshaddhistory_functions
  precmd_functions=(__agent_server_done $precmd_functions)
  preexec_functions+=(__agent_server_run)
  zshaddhistory_functions+=(__agent_server_typed)
fi
unset AGENT_SERVER_ZDOTDIR AGENT_SERVER_MARK_SECRET

if [[ -r ${ZDOTDIR-$HOME}/.zshenv ]]; then
  builtin source ${ZDOTDIR-$HOME}/.zshenv
fi
