# agent-server: marks (OSC 133) around prompts and commands, so that programs can tell where a command ends.
# `bash --rcfile` reads this instead of ~/.bashrc; /etc/bash.bashrc, where there is one, it has read by itself.
#
# Rc files, frameworks and people put other things into PROMPT_COMMAND, PS1, PS0 and PS2 at any time. So each of our marks
# stands on its own, and whichever of our hooks still runs before a prompt puts back the others. What is readonly is left.
#
# No array is assigned as a whole, `a=(…)`: bash parses the list anew, as input, and when Ctrl-C interrupts that in a hook,
# it takes the end of PROMPT_COMMAND for the end of its own input and exits.

__agent_server_aid=";aid=${AGENT_SERVER_MARK_SECRET-}"$'\a'
__agent_server_prompt=$'\e]133;A;'
__agent_server_input=$'\e]133;B'$__agent_server_aid
__agent_server_more=$'\e]133;P'$__agent_server_aid
__agent_server_run=$'\e]133;C'$__agent_server_aid
__agent_server_before='\[${__agent_server_aid+$__agent_server_prompt$?;$((__agent_server_count+=1))$__agent_server_aid}\]'
__agent_server_after='\[${__agent_server_input-}\]'
__agent_server_count=0
__agent_server_missed=0
unset AGENT_SERVER_MARK_SECRET

# Both leave $? as it was for what comes after them. This one is first: what others print before the prompt is no output
# of the command. Only where nothing can have come before it does it know the exit code; PS1 has it in any case.
__agent_server_first() {
  { local status=$? code= -; set +xu; } 2>/dev/null
  if [[ ${#FUNCNAME[@]} == 1 && ${PROMPT_COMMAND[0]-} == __agent_server_first ]]; then
    code=";$status"
  fi
  { builtin printf '\e]133;D%s%s' "$code" "$__agent_server_aid" >/dev/tty; } 2>/dev/null
  # Something makes PS1 anew after our last hook, each time.
  if [[ ${PS1-} == *__agent_server_input* ]]; then
    __agent_server_missed=0
  else
    ((__agent_server_missed += 1))
  fi
  __agent_server_hook
  return "$status"
}

# Last: what comes before may make PS1 anew.
__agent_server_last() {
  { local status=$? -; set +xu; } 2>/dev/null
  __agent_server_hook
  __agent_server_draw
  return "$status"
}

# The marks stand in the prompts as variables, which are not exported: should PS1 be, a shell inside this one draws none.
# $? is that of the command there, whatever ran since. Where PS1 cannot have its marks, they come just before it.
__agent_server_draw() {
  local variables=
  if shopt -q promptvars; then variables=yes; fi
  if [[ ${PS1@a} != *r* ]]; then
    if [[ ! $variables ]]; then
      PS1=${PS1//"$__agent_server_before"/}
      PS1=${PS1//"$__agent_server_after"/}
    elif [[ ${PS1-} != *"$__agent_server_before"*"$__agent_server_after"* ]]; then
      PS1=$__agent_server_before${PS1-}$__agent_server_after
    fi
  fi
  if [[ ${PS1-} != *__agent_server_input* ]]; then
    ((__agent_server_count += 1))
    { builtin printf '%s' "$__agent_server_prompt$status;$__agent_server_count$__agent_server_aid$__agent_server_input" >/dev/tty; } 2>/dev/null
  fi
  if [[ ${PS0@a} != *r* ]]; then
    if [[ ${PS0-} != *__agent_server_run* && ${PS0-} != *"$__agent_server_run"* ]]; then
      PS0=${PS0-}'${__agent_server_run-}'
    fi
    [[ $variables ]] || PS0=${PS0//'${__agent_server_run-}'/"$__agent_server_run"}
  fi
  if [[ ${PS2@a} != *r* ]]; then
    if [[ ${PS2-} != *__agent_server_more* && ${PS2-} != *"$__agent_server_more"* ]]; then
      PS2=${PS2-}'\[${__agent_server_more-}\]'
    fi
    [[ $variables ]] || PS2=${PS2//'${__agent_server_more-}'/"$__agent_server_more"}
  fi
}

# Bound to a key: the line editor reads keys, and how long its line is.
__agent_server_tell() {
  { local status=$? -; set +xu; } 2>/dev/null
  { builtin printf '\e]133;K;%d%s' "${#READLINE_LINE}" "$__agent_server_aid" >/dev/tty; } 2>/dev/null
  return "$status"
}

if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 501)); then
  # An array is never exported, so that no shell inside this one looks for our functions.
  __agent_server_hook() {
    local IFS=' ' separator=$'\x1f' end=$'\x1e' entry entries=__agent_server_first
    [[ ${PROMPT_COMMAND[*]@a} != *r* ]] || return 0
    if [[ ${PROMPT_COMMAND[0]-} == __agent_server_first && " ${PROMPT_COMMAND[*]} " == *' __agent_server_last '* ]]; then
      ((__agent_server_missed > 1)) || return 0
    fi
    for entry in "${PROMPT_COMMAND[@]}"; do
      if [[ $entry == __agent_server_last ]]; then
        # Where it stands some frameworks need it: it moves behind those that come later only for a reason.
        ((__agent_server_missed > 1)) || entries+=$separator$entry
      elif [[ $entry != __agent_server_first ]]; then
        entries+=$separator$entry
      fi
    done
    [[ " ${entries//"$separator"/ } " == *' __agent_server_last '* ]] || entries+=${separator}__agent_server_last
    IFS=$separator builtin read -r -d "$end" -a PROMPT_COMMAND <<<"$entries$end"
  }
else
  # As little as can be stands down here, where a DEBUG trap of the user sees it.
  __agent_server_hooks[0]=__agent_server_first
  __agent_server_hooks[1]=__agent_server_last
  __agent_server_hook() {
    if [[ ${PROMPT_COMMAND@a} != *r* && ${PROMPT_COMMAND-} != *'{__agent_server_hooks[0]-}'*'{__agent_server_hooks[1]-}'* ]]; then
      PROMPT_COMMAND='${__agent_server_hooks[0]-}'${PROMPT_COMMAND:+$'\n'$PROMPT_COMMAND}$'\n''${__agent_server_hooks[1]-}'
    fi
  }
fi

if [[ -r ~/.bashrc ]]; then
  . ~/.bashrc
fi

# Before 4.4 there is no PS0, and so no marks.
if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404)); then
  __agent_server_start() {
    local status=0 keymap -
    set +xu
    for keymap in emacs-standard vi-insert vi-command; do
      bind -m "$keymap" -x '"\e[133~":__agent_server_tell' 2>/dev/null
    done
    __agent_server_hook
    # Where PROMPT_COMMAND is locked, the prompts alone have marks.
    [[ ${PROMPT_COMMAND[*]-} == *__agent_server_last* ]] || __agent_server_draw
  }
  __agent_server_start
  unset -f __agent_server_start
fi
