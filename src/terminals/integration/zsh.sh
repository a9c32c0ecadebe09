# agent-server: marks (OSC 133) around prompts and commands, so that programs can tell where a command ends.
# zsh reads this as $ZDOTDIR/.zshenv; with ZDOTDIR put back, all other files are those of the user, read by zsh itself.
if [[ -n ${AGENT_SERVER_ZDOTDIR+set} ]]; then
  export ZDOTDIR=$AGENT_SERVER_ZDOTDIR
else
  unset ZDOTDIR
fi
if [[ -o interactive && -n ${AGENT_SERVER_MARK_SECRET-} ]]; then
  typeset -g +x __agent_server_aid=";aid=$AGENT_SERVER_MARK_SECRET"$'\a'

  # First of all before a prompt: what others print there is no output of the command.
  __agent_server_done() {
    { local code=$?; emulate -L zsh; setopt no_xtrace } 2>/dev/null
    { print -rn -- $'\e]133;D;'$code$__agent_server_aid$'\e]133;A'$__agent_server_aid >$TTY } 2>/dev/null
    precmd_functions=(__agent_server_done ${precmd_functions:#__agent_server_done})
    # What zsh puts behind output that ends within a line comes even before this, and so has the mark in it.
    local line_end=${PROMPT_EOL_MARK-%B%S%#%s%b}
    if [[ $line_end != *$__agent_server_aid* ]]; then
      PROMPT_EOL_MARK=$'%{\e]133;D;%?'$__agent_server_aid'%}'$line_end
    fi
    # By now the files of the user are read, with the widgets they may define.
    if [[ -z ${widgets[__agent_server_input]-} ]]; then
      autoload -Uz add-zle-hook-widget
      zle -N __agent_server_input
      add-zle-hook-widget line-init __agent_server_input
    fi
  }

  # The prompt stands, and typing begins. PS1 itself is left alone: many make it anew for each prompt.
  __agent_server_input() {
    { emulate -L zsh; setopt no_xtrace } 2>/dev/null
    { print -rn -- $'\e]133;B'$__agent_server_aid >$TTY } 2>/dev/null
  }

  __agent_server_run() {
    { emulate -L zsh; setopt no_xtrace } 2>/dev/null
    { print -rn -- $'\e]133;C'$__agent_server_aid >$TTY } 2>/dev/null
  }

  typeset -ga precmd_functions preexec_functions
  precmd_functions=(__agent_server_done $precmd_functions)
  preexec_functions+=(__agent_server_run)
fi
unset AGENT_SERVER_ZDOTDIR AGENT_SERVER_MARK_SECRET

if [[ -r ${ZDOTDIR-$HOME}/.zshenv ]]; then
  builtin source ${ZDOTDIR-$HOME}/.zshenv
fi
