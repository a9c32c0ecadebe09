# agent-server: marks (OSC 133) around prompts and commands, so that programs can tell where a command ends.
# `bash --rcfile` reads this instead of ~/.bashrc; /etc/bash.bashrc, where there is one, it has read by itself.

__agent_server_aid=";aid=${AGENT_SERVER_MARK_SECRET-}"$'\a'
__agent_server_prompt=$'\e]133;A'$__agent_server_aid
__agent_server_input=$'\e]133;B'$__agent_server_aid
__agent_server_run=$'\e]133;C'$__agent_server_aid
unset AGENT_SERVER_MARK_SECRET

# Both leave $? as it was for what comes after them. This one is first: what others print before the prompt is no output
# of the command. Not in PS1, which is drawn again whenever a long line wraps.
__agent_server_first() {
  { local status=$? -; set +x; } 2>/dev/null
  { builtin printf '\e]133;D;%s%s' "$status" "$__agent_server_aid" >/dev/tty; } 2>/dev/null
  return "$status"
}

# Last: what comes before may make PS1 anew. The marks stand in it as variables, which are not exported: should PS1 be, a
# shell inside this one draws none.
__agent_server_last() {
  { local status=$? -; set +x; } 2>/dev/null
  if [[ ${PS1-} != *__agent_server_prompt* ]]; then
    PS1='\[${__agent_server_prompt-}\]'${PS1-}'\[${__agent_server_input-}\]'
  fi
  if [[ ${PS0-} != *__agent_server_run* ]]; then
    PS0=${PS0-}'${__agent_server_run-}'
  fi
  return "$status"
}

if [[ -r ~/.bashrc ]]; then
  . ~/.bashrc
fi

# An array is never exported, so that no shell inside this one looks for our functions. As little as can be stands down
# here, where a DEBUG trap of the user sees it.
if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 501)); then
  PROMPT_COMMAND=(__agent_server_first "${PROMPT_COMMAND[@]}" __agent_server_last)
elif ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404)); then
  # Before that there is no PS0, and so no marks.
  __agent_server_hooks=(__agent_server_first __agent_server_last)
  PROMPT_COMMAND='${__agent_server_hooks[0]-}'${PROMPT_COMMAND:+$'\n'$PROMPT_COMMAND}$'\n''${__agent_server_hooks[1]-}'
fi
